/** Lists, mappings, objects, alternatives. */
import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/editor/contracts";
import { same } from "../form/layout";
import type { Field, Variant } from "../form/field";
import classes from "../Inspector.module.css";
import { useInner } from "./inner";
import { initialOf, kindOf } from "./kinds";
import type { WidgetProps } from "./props";

type Values = { [key: string]: Json };

export function ListWidget(props: WidgetProps<"list">) {
  const { Part } = useInner();
  const { t } = useTranslation("inspector");
  const { control, value, change, put, path, disabled, label, field } = props;
  const items = Array.isArray(value) ? value : [];
  const [fresh, setFresh] = useState(-1);
  const keep = (next: Json[]): Json[] | undefined => (next.length === 0 && !field.required ? undefined : next);
  const swap = (one: number, other: number): void => {
    const next = [...items];
    [next[one], next[other]] = [next[other] ?? null, next[one] ?? null];
    put(next);
  };
  return (
    <Stack gap={6} role="list" aria-label={label}>
      {items.map((item, at) => (
        // A place in a list has no name of its own.
        // oxlint-disable-next-line react/no-array-index-key
        <Group key={at} gap={4} wrap="nowrap" align="flex-start" role="listitem" className={classes.row ?? ""}>
          <Part
            field={control.item}
            value={item}
            label={t("list.item", { label, place: at + 1 })}
            path={`${path}.${at}`}
            autoFocus={fresh === at}
            change={(next) => change(items.map((one, place) => (place === at ? (next ?? emptyOf(control.item)) : one)))}
            put={(next) => put(items.map((one, place) => (place === at ? (next ?? emptyOf(control.item)) : one)))}
          />
          <Group gap={0} wrap="nowrap" className={classes.tools ?? ""}>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("list.up")} disabled={disabled || at === 0} onClick={() => swap(at, at - 1)}>
              <IconChevronUp size={14} />
            </ActionIcon>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("list.down")} disabled={disabled || at === items.length - 1} onClick={() => swap(at, at + 1)}>
              <IconChevronDown size={14} />
            </ActionIcon>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("list.remove")} disabled={disabled} onClick={() => put(keep(items.filter((_, place) => place !== at)))}>
              <IconTrash size={14} />
            </ActionIcon>
          </Group>
        </Group>
      ))}
      <Add
        disabled={disabled || (control.max !== undefined && items.length >= control.max)}
        add={() => {
          setFresh(items.length);
          put([...items, emptyOf(control.item)]);
        }}
      />
    </Stack>
  );
}

function Add({ add, disabled }: { add: () => void; disabled: boolean }) {
  const { t } = useTranslation("inspector");
  return (
    <Button variant="default" size="compact-sm" leftSection={<IconPlus size={14} />} disabled={disabled} onClick={add} className={classes.add ?? ""}>
      {t("list.add")}
    </Button>
  );
}

function emptyOf(field: Field): Json {
  const { control } = field;
  if (field.fallback !== undefined) return field.fallback;
  if (control.kind === "union") return control.options[0] === undefined ? "" : emptyOf(control.options[0]);
  if (control.kind === "select") return control.options[0] ?? "";
  return initialOf(kindOf(control));
}

type Row = [key: string, value: Json];

/** Rows of key and value. They are kept here, for a key that is still being written may be empty or there twice. */
export function MapWidget(props: WidgetProps<"map">) {
  const { Part } = useInner();
  const { t } = useTranslation("inspector");
  const { control, value, change, put, path, disabled, label, field } = props;
  const given = valuesOf(value);
  const [rows, setRows] = useState<Row[]>(() => Object.entries(given));
  const [fresh, setFresh] = useState(false);
  useEffect(() => {
    // What others changed meanwhile; one's own rows say the same already.
    setRows((before) => (same(Object.fromEntries(named(before)), given) ? before : Object.entries(given)));
    // oxlint-disable-next-line react/exhaustive-deps -- the value, not the object that holds it
  }, [JSON.stringify(given)]);
  const take = (next: Row[], how: typeof put): void => {
    setRows(next);
    const made = Object.fromEntries(named(next));
    how(Object.keys(made).length === 0 && !field.required ? undefined : made);
  };
  const set = (at: number, row: Row, how: typeof put): void => take(rows.map((one, place) => (place === at ? row : one)), how);
  return (
    <Stack gap={6} role="list" aria-label={label}>
      {rows.map(([key, one], at) => (
        // A row keeps its place while its key is written.
        // oxlint-disable-next-line react/no-array-index-key
        <Group key={at} gap={4} align="flex-start" role="listitem" className={classes.pair ?? ""}>
          <TextInput
            className={classes.key ?? ""}
            value={key}
            placeholder={t("map.key")}
            aria-label={t("map.key_of", { label, place: at + 1 })}
            autoFocus={fresh && at === rows.length - 1}
            disabled={disabled}
            error={rows.some(([other], place) => place !== at && other === key && key !== "") ? t("map.twice") : undefined}
            onChange={(event) => set(at, [event.currentTarget.value, one], change)}
          />
          <Part
            field={control.value}
            value={one}
            label={key === "" ? t("map.value") : t("map.value_of", { key })}
            path={`${path}.${key}`}
            change={(next) => set(at, [key, next ?? emptyOf(control.value)], change)}
            put={(next) => set(at, [key, next ?? emptyOf(control.value)], put)}
          />
          <ActionIcon variant="subtle" color="gray" size="sm" mt={6} aria-label={t("map.remove", { key })} disabled={disabled} onClick={() => take(rows.filter((_, place) => place !== at), put)}>
            <IconTrash size={14} />
          </ActionIcon>
        </Group>
      ))}
      <Add
        disabled={disabled}
        add={() => {
          setFresh(true);
          setRows([...rows, ["", emptyOf(control.value)]]);
        }}
      />
    </Stack>
  );
}

function named(rows: Row[]): Row[] {
  return rows.filter(([key]) => key !== "");
}

function valuesOf(value: Json | undefined): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

export function ObjectWidget(props: WidgetProps<"object">) {
  return <Fields {...props} fields={props.control.fields} />;
}

interface FieldsProps extends Omit<WidgetProps, "control"> {
  readonly fields: readonly Field[];
  /** What stands in the object beside its fields. */
  readonly beside?: Values;
}

function Fields({ fields, value, change, put, path, beside = {} }: FieldsProps) {
  const { Part } = useInner();
  const { t } = useTranslation("inspector");
  const given = valuesOf(value);
  const next = (name: string, one: Json | undefined): Values | undefined => {
    const made: Values = { ...beside, ...given };
    if (one === undefined) delete made[name];
    else made[name] = one;
    return Object.keys(made).length === 0 ? undefined : made;
  };
  return (
    <Stack gap={10} className={classes.nested ?? ""}>
      {fields.map((field) => (
        <div key={field.name}>
          <Text size="xs" fw={600} mb={3}>
            {field.label}
            {field.required && <span className={classes.star} aria-label={t("required")}> *</span>}
          </Text>
          <Part field={field} value={given[field.name]} label={field.label} path={`${path}.${field.name}`} change={(one) => change(next(field.name, one))} put={(one) => put(next(field.name, one))} />
          {field.help !== "" && <Text size="xs" c="var(--studio-muted)" mt={3}>{field.help}</Text>}
        </div>
      ))}
    </Stack>
  );
}

/** Alternatives that are told apart by a tag: choosing another one keeps the params of the same name. */
export function VariantWidget(props: WidgetProps<"variant">) {
  const { control, value, put, label, disabled, field, id } = props;
  const given = valuesOf(value);
  const chosen = control.options.find((one) => one.value === given[control.tag]);
  const choose = (next: string | null): void => {
    const to = control.options.find((one) => one.value === next);
    put(to === undefined ? undefined : keptIn(to, control.tag, given));
  };
  return (
    <Stack gap={8}>
      <Select
        id={id}
        aria-label={label}
        data={control.options.map((one) => ({ value: one.value, label: one.label }))}
        value={chosen?.value ?? null}
        clearable={!field.required}
        disabled={disabled}
        error={props.invalid}
        onChange={choose}
      />
      {chosen !== undefined && chosen.help !== "" && <Text size="xs" c="var(--studio-muted)">{chosen.help}</Text>}
      {chosen !== undefined && chosen.fields.length > 0 && <Fields {...props} fields={chosen.fields} beside={{ [control.tag]: chosen.value }} />}
    </Stack>
  );
}

function keptIn(to: Variant, tag: string, given: Values): Values {
  const kept = to.fields.filter((one) => one.name in given).map((one) => [one.name, given[one.name] ?? null] as const);
  return { [tag]: to.value, ...Object.fromEntries(kept) };
}
