/** Texts, numbers, truth values, choices. */
import { Group, MultiSelect, NumberInput, PasswordInput, Select, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Json } from "@/editor/contracts";
import { hintOf, inputOf, type WidgetProps } from "./props";

export function TextWidget(props: WidgetProps<"text">) {
  const { control, field, value, change, express } = props;
  const shown = typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
  const common = { ...inputOf(props), value: shown, placeholder: hintOf(field), dir: "auto" as const };
  const take = (text: string): void => {
    // Braces begin an expression: the editor for those takes over where they are typed.
    if (text.includes("{{") && !text.includes("{{{{")) express(text);
    else change(text === "" && !field.required ? undefined : text);
  };
  if (control.secret) return <PasswordInput {...common} autoComplete="off" onChange={(event) => take(event.currentTarget.value)} />;
  if (control.long) return <Textarea {...common} autosize minRows={3} maxRows={14} onChange={(event) => take(event.currentTarget.value)} />;
  return <TextInput {...common} autoComplete="off" spellCheck={false} onChange={(event) => take(event.currentTarget.value)} />;
}

export function NumberWidget(props: WidgetProps<"number">) {
  const { control, field, value, change, express } = props;
  return (
    <NumberInput
      {...inputOf(props)}
      value={typeof value === "number" ? value : ""}
      placeholder={hintOf(field)}
      allowDecimal={!control.whole}
      allowNegative={(control.min ?? control.above ?? -1) < 0}
      clampBehavior="none"
      onKeyDown={(event) => {
        if (event.key !== "{" && event.key !== "=") return;
        event.preventDefault();
        express("");
      }}
      onChange={(next) => change(next === "" ? undefined : Number(next))}
    />
  );
}

export function BooleanWidget(props: WidgetProps<"boolean">) {
  const { t } = useTranslation("inspector");
  const { value, put, field, id, label, describedBy, disabled } = props;
  const on = typeof value === "boolean" ? value : field.fallback === true;
  return (
    <Group gap="xs">
      <Switch id={id} aria-label={label} aria-describedby={describedBy} checked={on} disabled={disabled} onChange={(event) => put(event.currentTarget.checked)} />
      <Text size="sm">{on ? t("yes") : t("no")}</Text>
    </Group>
  );
}

export function SelectWidget(props: WidgetProps<"select">) {
  const { control, field, value, put } = props;
  const data = control.options.filter((one) => one !== null).map((one) => ({ value: JSON.stringify(one), label: String(one) }));
  const odd = value !== undefined && value !== null && !control.options.includes(value);
  const key = JSON.stringify(value);
  return (
    <Select
      {...inputOf(props)}
      data={odd ? [...data, { value: key ?? "", label: String(value) }] : data}
      value={value === undefined || value === null ? null : (key ?? null)}
      placeholder={hintOf(field)}
      clearable={!field.required && value !== undefined}
      searchable={data.length > 8}
      allowDeselect={!field.required}
      onChange={(next) => put(next === null ? undefined : (JSON.parse(next) as Json))}
    />
  );
}

export function ChoicesWidget(props: WidgetProps<"choices">) {
  const { control, field, value, put } = props;
  const data = control.options.map((one) => ({ value: JSON.stringify(one), label: String(one) }));
  const chosen = Array.isArray(value) ? value.map((one) => JSON.stringify(one)) : [];
  return (
    <MultiSelect
      {...inputOf(props)}
      data={data}
      value={chosen}
      placeholder={chosen.length === 0 ? hintOf(field) : ""}
      clearable
      searchable
      onChange={(next) => put(next.length === 0 && !field.required ? undefined : next.map((one) => JSON.parse(one) as Json))}
    />
  );
}
