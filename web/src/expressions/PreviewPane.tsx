/** What an expression gives, below it: the value, the problem, or that there is no data yet. */
import { ActionIcon, Anchor, Badge, Button, Group, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { PreviewOut } from "@/api";
import { useFormat } from "@/i18n/format";
import { useItems } from "./items";
import classes from "./PreviewPane.module.css";
import type { Where } from "./server";
import type { Previewed } from "./usePreview";

interface Props {
  readonly preview: Previewed;
  readonly where: Where;
  readonly mend: (text: string) => void;
  readonly run: ((node: string) => void) | undefined;
}

export function PreviewPane({ preview, where, mend, run }: Props) {
  const { now, good, around, stale, failure } = preview;
  if (now === null && failure === null) return null;
  const problem = now?.problem ?? null;
  const missing = now?.missing ?? [];
  const shown = now?.value !== null && now !== null ? now : good;
  const dimmed = stale || problem !== null || (shown !== now && shown !== null);
  return (
    <div className={classes.pane} data-testid="preview" data-state={problem !== null ? "problem" : missing.length > 0 ? "missing" : stale ? "stale" : "value"} aria-live="polite">
      {problem !== null && <Told problem={problem} mend={mend} />}
      {problem === null && missing.length > 0 && <NoData missing={missing} run={run} />}
      {failure !== null && <Text size="xs" c="var(--studio-muted)">{failure}</Text>}
      {shown !== null && missing.length === 0 && <Value shown={shown} dimmed={dimmed} />}
      <Pickers now={now} around={around} where={where} />
    </div>
  );
}

function Told({ problem, mend }: { problem: NonNullable<PreviewOut["problem"]>; mend: (text: string) => void }) {
  const { t } = useTranslation("expressions");
  const colour = problem.severity === "error" ? "var(--studio-bad)" : "var(--studio-warn)";
  return (
    <Text size="xs" c={colour} role="status">
      {problem.message}{" "}
      {problem.suggestion !== null && (
        <Anchor component="button" type="button" size="xs" onClick={() => mend(problem.suggestion ?? "")}>
          {t("use", { text: problem.suggestion })}
        </Anchor>
      )}
    </Text>
  );
}

function NoData({ missing, run }: { missing: readonly string[]; run: Props["run"] }) {
  const { t } = useTranslation("expressions");
  const format = useFormat();
  const [first] = missing;
  return (
    <Group gap="xs" justify="space-between">
      <Text size="xs" c="var(--studio-muted)">{t("no_data", { names: format.list(missing) })}</Text>
      {run !== undefined && first !== undefined && (
        <Button size="compact-xs" variant="light" leftSection={<IconPlayerPlay size={12} />} onClick={() => run(first)}>
          {t("run")}
        </Button>
      )}
    </Group>
  );
}

function Value({ shown, dimmed }: { shown: PreviewOut; dimmed: boolean }) {
  const { t } = useTranslation("expressions");
  const value = shown.value;
  if (value === null) return null;
  const count = value.kind === "list" || value.kind === "object" || value.kind === "items" ? value.size : null;
  return (
    <div className={classes.value} data-dimmed={dimmed || undefined}>
      <pre dir={value.kind === "text" ? "auto" : "ltr"} className={classes.text}>{written(value.value)}</pre>
      <Badge size="xs" variant="light" color="gray" tt="none" className={classes.type ?? ""} title={shown.type ?? undefined}>
        {briefly(shown.type) ?? t(`kind.${value.kind}`)}
        {count === null ? "" : ` · ${count}`}
      </Badge>
    </div>
  );
}

/** `list[object{…}]` as `list[object]`. */
function briefly(type: string | null): string | null {
  return type === null ? null : type.replace(/\{.*\}/s, "");
}

const LONGEST = 2000;

/** Texts as they are, everything else as JSON; what was cut is told in a few words. */
function written(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value, cut, 2);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function cut(_key: string, value: unknown): unknown {
  const more = typeof value === "object" && value !== null ? (value as { $more?: { kind: string; size: number } }).$more : undefined;
  return more === undefined ? value : `… ${more.kind} (${more.size})`;
}

/** Which item is looked at: one picker for each loop around, and one for the param's own items. */
function Pickers({ now, around, where }: { now: PreviewOut | null; around: Previewed["around"]; where: Where }) {
  const loops = around.filter((turn) => turn.count !== null && turn.count > 1);
  const own = now !== null && now.index !== null && (now.count ?? 0) > 1;
  if (loops.length === 0 && !own) return null;
  return (
    <Group gap="md" mt={4}>
      {loops.map((turn) => (
        <Picker key={turn.node} what={turn.node} name={turn.node} index={turn.index} count={turn.count ?? 0} />
      ))}
      {own && <Picker what={`${where.node} ${where.param}`} name="" index={now.index ?? 0} count={now.count ?? 0} />}
    </Group>
  );
}

function Picker({ what, name, index, count }: { what: string; name: string; index: number; count: number }) {
  const { t } = useTranslation("expressions");
  const format = useFormat();
  const choose = useItems((state) => state.choose);
  const place = { index: format.number(index + 1), count: format.number(count) };
  return (
    <Group gap={2} wrap="nowrap" role="group" aria-label={name === "" ? t("item.label") : t("item.of", { name })}>
      <Text size="xs" c="var(--studio-muted)" me={4}>{name === "" ? t("item.label") : name}</Text>
      <ActionIcon size="xs" variant="subtle" color="gray" aria-label={t("item.before")} disabled={index <= 0} onClick={() => choose(what, index - 1)}>
        <IconChevronLeft size={14} className="flips" />
      </ActionIcon>
      <Text size="xs" ff="monospace">{t("item.place", place)}</Text>
      <ActionIcon size="xs" variant="subtle" color="gray" aria-label={t("item.next")} disabled={index >= count - 1} onClick={() => choose(what, index + 1)}>
        <IconChevronRight size={14} className="flips" />
      </ActionIcon>
    </Group>
  );
}
