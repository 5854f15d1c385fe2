/** What a workflow accepts: a row for each input. */
import { ActionIcon, Button, Collapse, Group, Select, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { IconChevronDown, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Json, Operation } from "@/editor/contracts";
import { freeOf } from "@/editor/model/ids";
import { useEditor } from "@/editor/store";
import { changes } from "../edit";
import classes from "../Inspector.module.css";
import type { Field } from "../form/field";
import { formOf } from "../form/model";
import { ParamField } from "../ParamField";
import { useVisit } from "../useVisit";
import { asSchema, INPUT_KINDS, isOptional, kindOfInput, whyNoInput, withKind, withOptional, withPart, type InputKind } from "./inputs";

const NONE: Record<string, Json> = {};

export function InputsEditor() {
  const { t } = useTranslation("inspector");
  const inputs = useEditor((state) => state.document.inputs) ?? NONE;
  const readOnly = useEditor((state) => state.readOnly);
  const apply = useEditor((state) => state.apply);
  const [fresh, setFresh] = useState<string | null>(null);
  const names = Object.keys(inputs);
  const add = (): void => {
    const name = freeOf("value", new Set(names));
    setFresh(name);
    apply([{ op: "set", path: ["inputs", name], value: { type: "string" } }]);
  };
  return (
    <Stack gap="xs">
      {names.length === 0 && <Text size="sm" c="var(--studio-muted)">{t("inputs.none")}</Text>}
      {names.map((name) => <InputRow key={name} name={name} schema={inputs[name]} others={names.filter((one) => one !== name)} fresh={fresh === name} readOnly={readOnly} renamed={setFresh} />)}
      {!readOnly && <Button variant="default" size="compact-sm" leftSection={<IconPlus size={14} />} style={{ alignSelf: "flex-start" }} onClick={add}>{t("inputs.add")}</Button>}
    </Stack>
  );
}

interface RowProps {
  readonly name: string;
  readonly schema: Json | undefined;
  readonly others: readonly string[];
  readonly fresh: boolean;
  readonly readOnly: boolean;
  readonly renamed: (name: string) => void;
}

function InputRow({ name, schema, others, fresh, readOnly, renamed }: RowProps) {
  const { t } = useTranslation("inspector");
  const [open, setOpen] = useState(fresh);
  const apply = useEditor((state) => state.apply);
  const set = (next: Json): void => apply(changes(["inputs", name], schema, next));
  const rename = (next: Json | undefined): void => {
    if (typeof next !== "string" || whyNoInput(next, others) !== null) return;
    const moved: Operation[] = [{ op: "remove", path: ["inputs", name] }, { op: "set", path: ["inputs", next], value: schema ?? {} }];
    renamed(next);
    apply(moved);
  };
  const title = useVisit(name, rename);
  const written = typeof title.value === "string" ? title.value : name;
  const why = whyNoInput(written, others);
  const kind = kindOfInput(schema);
  return (
    <div data-input={name}>
      <Group gap={6} wrap="nowrap" align="flex-start">
        <TextInput className={classes.grow ?? ""} value={written} aria-label={t("inputs.name")} error={why === null ? undefined : t(`inputs.name_${why}`)} dir="ltr" disabled={readOnly} autoFocus={fresh} onChange={(event) => title.change(event.currentTarget.value)} onBlur={title.leave} onKeyDown={(event) => event.key === "Enter" && title.leave()} />
        <Select w={130} aria-label={t("inputs.kind", { name })} data={INPUT_KINDS.map((one) => ({ value: one, label: t(`inputs.kinds.${one}`) }))} value={kind} allowDeselect={false} disabled={readOnly} onChange={(next) => set(withKind(schema, (next ?? "any") as InputKind))} />
        <ActionIcon variant="subtle" color="gray" mt={6} aria-label={t("inputs.details", { name })} aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconChevronDown size={16} className={classes.twist} data-open={open || undefined} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" mt={6} aria-label={t("inputs.remove", { name })} disabled={readOnly} onClick={() => apply([{ op: "remove", path: ["inputs", name] }])}>
          <IconTrash size={15} />
        </ActionIcon>
      </Group>
      <Collapse expanded={open}>{open && <Details name={name} schema={schema} kind={kind} set={set} readOnly={readOnly} />}</Collapse>
    </div>
  );
}

interface DetailsProps {
  readonly name: string;
  readonly schema: Json | undefined;
  readonly kind: InputKind;
  readonly set: (next: Json) => void;
  readonly readOnly: boolean;
}

function Details({ name, schema, kind, set, readOnly }: DetailsProps) {
  const { t } = useTranslation("inspector");
  const one = asSchema(schema);
  const help = useVisit(one["description"], (next) => set(withPart(schema, "description", next)));
  const { title: _t, description: _d, ...rest } = one;
  const fallback: Field[] = formOf({ properties: { default: { ...rest, description: "" } } }, { default: t("inputs.default") });
  const [field] = fallback;
  const choices = Array.isArray(one["enum"]) ? one["enum"].map(String) : [];
  return (
    <Stack gap="xs" mt={6} mb="sm" className={classes.nested ?? ""}>
      <TextInput size="xs" label={t("inputs.help")} value={typeof help.value === "string" ? help.value : ""} disabled={readOnly} onChange={(event) => help.change(event.currentTarget.value)} onBlur={help.leave} />
      <Switch size="sm" label={t("inputs.optional")} checked={isOptional(schema)} disabled={readOnly} onChange={(event) => set(withOptional(schema, event.currentTarget.checked))} />
      {field !== undefined && <ParamField field={{ ...field, fallback: undefined }} value={one["default"] ?? undefined} carry={(next) => set(withPart(schema, "default", next))} problems={[]} wanted={false} missing={false} />}
      {(kind === "string" || kind === "number" || kind === "integer") && (
        <TagsInput size="xs" label={t("inputs.choices", { name })} placeholder={choices.length === 0 ? t("inputs.choices_hint") : ""} value={choices} disabled={readOnly} onChange={(next) => set(withPart(schema, "enum", next.length === 0 ? undefined : next.map((word) => (kind === "string" ? word : Number(word))).filter((word) => !Number.isNaN(word))))} />
      )}
    </Stack>
  );
}
