/** The form of a node's params: those that matter at once, the others folded, and a search where there are many. */
import { Anchor, Button, Collapse, Stack, Text, TextInput } from "@mantine/core";
import { IconChevronDown, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { ProblemOut } from "@/api";
import type { Json } from "@/editor/contracts";
import type { Field } from "./form/field";
import { isFound, isVisible, layoutOf, LONG } from "./form/layout";
import classes from "./Inspector.module.css";
import { ParamField } from "./ParamField";
import { Part } from "./Part";
import { Inner } from "./widgets/inner";
import { Widget } from "./widgets/Widget";

interface Props {
  readonly fields: readonly Field[];
  readonly params: Readonly<Record<string, Json>>;
  readonly carry: (name: string, value: Json | undefined) => void;
  readonly problems: readonly ProblemOut[];
  readonly wanted: string | null;
  /** Names that may stand there, where other things stand beside the fields. */
  readonly known?: readonly string[] | undefined;
}

const INNER = { Part, Widget };

export function ParamsForm({ fields, params, carry, problems, wanted, known }: Props) {
  const { t } = useTranslation("inspector");
  const [words, setWords] = useState("");
  const [open, setOpen] = useState(false);
  // What is folded is settled when the form is opened: fields do not jump about while they are filled in.
  const names = fields.map((one) => one.name).join(" ");
  const { shown, folded } = useMemo(
    () => layoutOf(fields, params, wanted),
    // oxlint-disable-next-line react/exhaustive-deps
    [names, wanted],
  );
  const current = (list: readonly Field[]): Field[] => {
    const wantedNames = new Set(list.map((one) => one.name));
    return fields.filter((one) => wantedNames.has(one.name) && isVisible(one, params, fields));
  };
  const line = (field: Field) => (
    <ParamField
      key={field.name}
      field={field}
      value={params[field.name]}
      carry={(value) => carry(field.name, value)}
      problems={problemsOf(problems, field.name)}
      missing={problems.some((one) => one.code === "workflow.missing_param" && one.message.includes(`\`${field.name}\``))}
      wanted={wanted !== null && headOf(wanted) === field.name}
    />
  );
  const found = words.trim() === "" ? null : fields.filter((one) => isFound(one, words.trim()) && isVisible(one, params, fields));
  const rest = current(folded);
  const unknown = (known === undefined ? Object.keys(params) : []).filter((name) => !fields.some((one) => one.name === name));
  return (
    <Inner.Provider value={INNER}>
      <Stack gap="md">
        {fields.length > LONG && (
          <TextInput size="xs" leftSection={<IconSearch size={14} />} placeholder={t("search")} aria-label={t("search")} value={words} onChange={(event) => setWords(event.currentTarget.value)} />
        )}
        {fields.length === 0 && <Text size="sm" c="var(--studio-muted)">{t("no_params")}</Text>}
        {(found ?? current(shown)).map(line)}
        {found?.length === 0 && <Text size="sm" c="var(--studio-muted)">{t("none_found")}</Text>}
        {found === null && rest.length > 0 && (
          <div>
            <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setOpen(!open)} aria-expanded={open} rightSection={<IconChevronDown size={14} className={classes.twist} data-open={open || undefined} />}>
              {t("more", { count: rest.length })}
            </Button>
            <Collapse expanded={open}>
              <Stack gap="md" mt="sm">{open && rest.map(line)}</Stack>
            </Collapse>
          </div>
        )}
        {unknown.map((name) => <Unknown key={name} name={name} problems={problemsOf(problems, name)} remove={() => carry(name, undefined)} />)}
      </Stack>
    </Inner.Provider>
  );
}

/** A param that the node type does not have: kept until somebody takes it away. */
function Unknown({ name, problems, remove }: { name: string; problems: readonly ProblemOut[]; remove: () => void }) {
  const { t } = useTranslation("inspector");
  return (
    <Text size="xs" c="var(--studio-warn)" data-param={name}>
      {problems[0]?.message ?? t("unknown", { name })}{" "}
      <Anchor component="button" type="button" size="xs" onClick={remove}>{t("unknown_remove", { name })}</Anchor>
    </Text>
  );
}

/** The param of a place in one: `where[0].column` is in `where`. */
export function headOf(place: string): string {
  return /^[^.[]+/.exec(place)?.[0] ?? place;
}

function problemsOf(problems: readonly ProblemOut[], name: string): ProblemOut[] {
  return problems.filter((one) => one.param != null && headOf(one.param) === name);
}
