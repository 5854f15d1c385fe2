/** A param of a node: its name, its value, what it is for and what is wrong with it. */
import { ActionIcon, Anchor, Group, Text, Tooltip } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState, type FocusEvent } from "react";
import { useTranslation } from "react-i18next";

import type { ProblemOut } from "@/api";
import type { Json } from "@/editor/contracts";
import { useForm } from "./context";
import { check, type Finding } from "./form/check";
import type { Field } from "./form/field";
import classes from "./Inspector.module.css";
import { OncePerRow } from "./OncePerRow";
import { Part } from "./Part";
import { useVisit } from "./useVisit";

interface Props {
  readonly field: Field;
  readonly value: Json | undefined;
  /** Carry a change out. */
  readonly carry: (value: Json | undefined) => void;
  readonly problems: readonly ProblemOut[];
  /** The param that was jumped to. */
  readonly wanted: boolean;
  readonly missing: boolean;
}

export function ParamField({ field, value, carry, problems, wanted, missing }: Props) {
  const { t } = useTranslation("inspector");
  const form = useForm();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const visit = useVisit(value, carry);
  const [visited, setVisited] = useState(false);
  const finding = check(field, visit.value);
  const told = finding !== null && (finding.key !== "required" || visited || missing) ? finding : null;
  const serious = problems.some((one) => one.severity === "error");
  useEffect(() => {
    if (!wanted) return;
    box.current?.scrollIntoView({ block: "center" });
    box.current?.querySelector<HTMLElement>(".cm-content, input, textarea, button")?.focus();
  }, [wanted]);
  const left = (event: FocusEvent<HTMLDivElement>): void => {
    if (event.currentTarget.contains(event.relatedTarget)) return;
    setVisited(true);
    visit.leave();
  };
  const given = value !== undefined && !field.required;
  return (
    <div ref={box} className={classes.field} data-param={field.name} data-wanted={wanted || undefined} onBlur={left}>
      <Group gap={4} justify="space-between" wrap="nowrap" mb={4}>
        <Text component="label" htmlFor={id} size="sm" fw={600} className={classes.label ?? ""}>
          {field.label}
          {field.required && <span className={classes.star} title={t("required")}> *</span>}
        </Text>
        {given && !form.disabled && (
          <Tooltip label={field.fallback === undefined ? t("clear") : t("reset", { value: short(field.fallback) })} openDelay={400}>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("reset_param", { label: field.label })} onClick={() => visit.put(undefined)}>
              <IconArrowBackUp size={14} className="flips" />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      <Part field={field} value={visit.value} change={visit.change} put={visit.put} label={field.label} path={field.name} id={id} describedBy={`${id}-help`} invalid={told !== null || serious} />
      <div id={`${id}-help`}>
        {told !== null && <Message finding={told} />}
        {problems.map((one) => <Problem key={`${one.code} ${one.message}`} problem={one} put={visit.put} value={visit.value} />)}
        <OncePerRow field={field} value={visit.value} put={visit.put} />
        {field.help !== "" && <Text size="xs" c="var(--studio-muted)" mt={4}>{field.help}</Text>}
      </div>
    </div>
  );
}

function short(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function Message({ finding }: { finding: Finding }) {
  const { t } = useTranslation("inspector");
  return <Text size="xs" c="var(--studio-bad)" mt={4}>{t(`check.${finding.key}`, { limit: finding.limit })}</Text>;
}

/** What the server found; where it knows what should stand there, that is one click away. */
function Problem({ problem, put, value }: { problem: ProblemOut; put: (value: Json) => void; value: Json | undefined }) {
  const { t } = useTranslation("inspector");
  const { suggestion } = problem;
  const simple = typeof suggestion === "string" && typeof value === "string" && !value.includes("{{") && !problem.code.startsWith("expression.");
  return (
    <Text size="xs" c={problem.severity === "error" ? "var(--studio-bad)" : "var(--studio-warn)"} mt={4} role="status">
      {problem.message}{" "}
      {simple && <Anchor component="button" type="button" size="xs" onClick={() => put(suggestion)}>{t("use", { text: suggestion })}</Anchor>}
    </Text>
  );
}
