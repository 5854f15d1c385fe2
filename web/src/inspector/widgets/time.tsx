/** Dates, spans of time, cron. */
import { ActionIcon, Group, NumberInput, Popover, Select, Text, TextInput, Tooltip } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { IconCalendar } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/i18n/format";
import { hintOf, inputOf, type WidgetProps } from "./props";
import { readSpan, UNITS, writeSpan, type Unit } from "./span";

/** A date as text, with a calendar beside it: an offset or a week can be written as well. */
export function DateWidget(props: WidgetProps<"text">) {
  const { t, i18n } = useTranslation("inspector");
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const { control, value, change, put, field, express, disabled } = props;
  const text = typeof value === "string" ? value : "";
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? null;
  const rest = day === null ? "" : text.slice(10);
  const take = (next: string): void => (next.includes("{{") ? express(next) : change(next === "" ? undefined : next));
  const choose = (next: string | null): void => {
    setOpen(false);
    if (next !== null) put(control.format === "datetime" ? `${next}${rest || "T09:00:00Z"}` : next);
  };
  const said = control.format === "datetime" && rest !== "" && !Number.isNaN(Date.parse(text)) ? format.moment(text) : null;
  return (
    <>
      <TextInput
        {...inputOf(props)}
        value={text}
        placeholder={hintOf(field) || (control.format === "time" ? "08:30:00" : control.format === "date" ? "2026-03-01" : "2026-03-01T08:30:00+01:00")}
        onChange={(event) => take(event.currentTarget.value)}
        rightSection={
          control.format === "time" ? undefined : (
            <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus>
              <Popover.Target>
                <Tooltip label={t("date.choose")}>
                  <ActionIcon variant="subtle" color="gray" disabled={disabled} aria-label={t("date.choose")} onClick={() => setOpen(!open)}>
                    <IconCalendar size={16} />
                  </ActionIcon>
                </Tooltip>
              </Popover.Target>
              <Popover.Dropdown>
                <DatePicker locale={i18n.language} value={day} defaultDate={day ?? undefined} onChange={choose} />
              </Popover.Dropdown>
            </Popover>
          )
        }
      />
      {said !== null && <Text size="xs" c="var(--studio-muted)" mt={3}>{said}</Text>}
    </>
  );
}

/** A span of time: a number and a unit, or as it is written in workflow files. */
export function DurationWidget(props: WidgetProps<"duration">) {
  const { t } = useTranslation("inspector");
  const { value, change, put, field, label, disabled, express } = props;
  const span = readSpan(value);
  const [unit, setUnit] = useState<Unit>(span?.unit ?? "m");
  if (value !== undefined && value !== null && span === null) {
    return <TextInput {...inputOf(props)} value={String(value)} onChange={(event) => (event.currentTarget.value.includes("{{") ? express(event.currentTarget.value) : change(event.currentTarget.value || undefined))} />;
  }
  return (
    <Group gap={6} wrap="nowrap">
      <NumberInput
        {...inputOf(props)}
        style={{ flex: 1 }}
        min={0}
        value={span?.count ?? ""}
        placeholder={hintOf(field)}
        onKeyDown={(event) => {
          if (event.key !== "{" && event.key !== "=") return;
          event.preventDefault();
          express("");
        }}
        onChange={(next) => change(next === "" ? undefined : writeSpan(Number(next), span?.unit ?? unit))}
      />
      <Select
        w={130}
        aria-label={t("span.unit", { label })}
        data={UNITS.map((one) => ({ value: one, label: t(`span.${one}`) }))}
        value={span?.unit ?? unit}
        allowDeselect={false}
        disabled={disabled}
        onChange={(next) => {
          const to = (next ?? "m") as Unit;
          setUnit(to);
          if (span !== null) put(writeSpan(span.count, to));
        }}
      />
    </Group>
  );
}

