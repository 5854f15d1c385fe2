/** Params that take several kinds of values, and those that take anything. */
import { Group, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Control, Field } from "../form/field";
import classes from "../Inspector.module.css";
import { asKind, kindOf, kindOfValue, KINDS, type LiteralKind } from "./kinds";
import { JsonText } from "./CodeWidget";
import { useInner } from "./inner";
import type { WidgetProps } from "./props";

/** One of several: which one is told by the value, or chosen. */
export function UnionWidget(props: WidgetProps<"union">) {
  const { Widget } = useInner();
  const { t } = useTranslation("inspector");
  const { control, value, put, label, disabled } = props;
  const [chosen, setChosen] = useState<number | null>(null);
  const told = value === undefined ? 0 : Math.max(0, control.options.findIndex((one) => kindOf(one.control) === kindOfValue(value)));
  const at = chosen ?? told;
  const option = control.options[at];
  if (option === undefined) return null;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" className={classes.mixed ?? ""}>
      <Select
        className={classes.kinds ?? ""}
        aria-label={t("kind.label", { label })}
        data={control.options.map((one, place) => ({ value: String(place), label: t(`kind.${nameOf(one)}`) }))}
        value={String(at)}
        allowDeselect={false}
        disabled={disabled}
        onChange={(next) => {
          const to = control.options[Number(next)];
          setChosen(Number(next));
          if (to !== undefined && value !== undefined) put(asKind(value, kindOf(to.control)));
        }}
      />
      <div className={classes.grow}>
        <Widget {...props} field={{ ...option, fallback: props.field.fallback, required: props.field.required }} control={option.control} />
      </div>
    </Group>
  );
}

function nameOf(field: Field): string {
  return field.control.kind === "select" ? "choice" : kindOf(field.control);
}

const TEXT: Control = { kind: "text", secret: false, long: false, format: "" };
const CONTROLS: Record<"text" | "number" | "boolean", Control> = { text: TEXT, number: { kind: "number", whole: false }, boolean: { kind: "boolean" } };

/** Anything: its kind is chosen beside it. */
export function AnyWidget(props: WidgetProps<"any">) {
  const { Widget } = useInner();
  const { t } = useTranslation("inspector");
  const { value, put, label, disabled } = props;
  const [chosen, setChosen] = useState<LiteralKind | null>(null);
  const kind = value === undefined ? (chosen ?? "text") : kindOfValue(value);
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" className={classes.mixed ?? ""}>
      <Select
        className={classes.kinds ?? ""}
        aria-label={t("kind.label", { label })}
        data={KINDS.map((one) => ({ value: one, label: t(`kind.${one}`) }))}
        value={kind}
        allowDeselect={false}
        disabled={disabled}
        onChange={(next) => {
          const to = (next ?? "text") as LiteralKind;
          setChosen(to);
          if (value !== undefined || to === "boolean" || to === "null" || to === "list" || to === "object") put(asKind(value, to));
        }}
      />
      <div className={classes.grow}>
        {kind === "null" && <Text size="sm" c="var(--studio-muted)" py={6}>{t("kind.nothing")}</Text>}
        {(kind === "list" || kind === "object") && <JsonText {...props} kind={kind} />}
        {(kind === "text" || kind === "number" || kind === "boolean") && <Widget {...props} control={CONTROLS[kind]} />}
      </div>
    </Group>
  );
}


/** Something that comes from a node before: a file, a table, a list. A list can be written here too. */
export function ReferenceWidget(props: WidgetProps<"reference">) {
  const { t } = useTranslation("inspector");
  return (
    <Stack gap={4}>
      {props.control.what === "items" ? <JsonText {...props} kind="list" /> : <Text size="sm" c="var(--studio-muted)">{t(`reference.${props.control.what}`)}</Text>}
    </Stack>
  );
}
