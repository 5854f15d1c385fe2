import { Tooltip } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { NodePath } from "@/editor/contracts";
import { useEditor } from "@/editor/store";
import { useFormat } from "@/i18n/format";

import { Elapsed } from "./Elapsed";
import type { Node } from "./fold";
import { useRunStore, useWatched } from "./RunContext";
import { StateIcon } from "./states";
import { useRun } from "./store";
import classes from "./Overlay.module.css";

/** What a node does in the execution that is watched. Where it failed, one click leads to the param. */
export function NodeBadge({ node, onError }: { node: NodePath; onError?: (node: NodePath, param: string | null) => void }) {
  const { t } = useTranslation("debugger");
  const watch = useWatched((run) => run.nodes.get(node));
  const store = useRunStore();
  if (watch === undefined) return null;
  const name = t(`state.${watch.state}`);
  const inside = (
    <>
      {watch.cachedAt === undefined ? <StateIcon state={watch.state} size={13} /> : <IconDatabase size={13} aria-hidden />}
      <Told watch={watch} />
    </>
  );
  if (watch.error === undefined || watch.state === "succeeded") {
    return (
      <span className={classes.badge} data-node-state={watch.state} data-state={watch.state} data-cached={watch.cachedAt !== undefined}>
        <span className="visually-hidden">{name}</span>
        {inside}
      </span>
    );
  }
  const { error } = watch;
  const lead = (): void => {
    if (onError !== undefined) onError(node, error.param ?? null);
    else if (store === useRun) useEditor.getState().open(node, error.param ?? undefined);
  };
  return (
    <Tooltip label={error.message} multiline maw={340} withArrow>
      <button
        type="button"
        className={`${classes.badge ?? ""} nodrag nopan`}
        data-node-state={watch.state}
        data-state={watch.state}
        aria-label={t("error.lead", { message: error.message })}
        onClick={(event) => {
          event.stopPropagation();
          lead();
        }}
      >
        {inside}
      </button>
    </Tooltip>
  );
}

/** Times, items and ages, as far as the state has them. */
function Told({ watch }: { watch: Node }) {
  const { t } = useTranslation("debugger");
  const format = useFormat();
  const { state, items } = watch;
  if (watch.cachedAt !== undefined) return <span>{t("cached", { when: format.relative(watch.cachedAt) })}</span>;
  if (items !== undefined && (state === "running" || items.done > 0)) return <Items items={items} />;
  if (state === "running") {
    const progress = watch.progress === undefined ? "" : `${format.percent(watch.progress)} · `;
    return <span>{progress}{watch.startedAt !== undefined && <Elapsed from={watch.startedAt} to={null} />}</span>;
  }
  if (state === "succeeded" || state === "failed") {
    const times = watch.runs > 1 ? t("times", { count: watch.runs, shown: format.number(watch.runs) }) : null;
    return <span>{times ?? format.duration(watch.seconds ?? 0)}</span>;
  }
  return <span>{t(`state.${state}`)}</span>;
}

function Items({ items }: { items: { done: number; failed: number; total: number | null } }) {
  const { t } = useTranslation("debugger");
  const format = useFormat();
  const done = format.number(items.done);
  const shown = items.total === null ? done : t("items.of", { done, total: format.number(items.total) });
  return (
    <span>
      {shown}
      {items.failed > 0 && <span style={{ color: "var(--studio-bad)" }}> · {t("items.failed", { count: items.failed, shown: format.number(items.failed) })}</span>}
    </span>
  );
}

/** States that are seen from afar. */
const RINGS = new Set(["running", "failed", "waiting", "paused", "in_doubt"]);

/** The dot of a breakpoint, which a click sets and takes away; and the outline of what would run again. */
export function BreakpointDot({ node }: { node: NodePath }) {
  const { t } = useTranslation("debugger");
  const on = useWatched((run) => run.breakpoints.has(node));
  const state = useWatched((run) => run.nodes.get(node)?.state);
  const stale = useWatched((run) => run.outlined.has(node));
  const label = t(on ? "breakpoint.remove" : "breakpoint.set");
  return (
    <>
      {state !== undefined && RINGS.has(state) && <span className={classes.ring} data-ring={state} aria-hidden />}
      {stale && <span className={classes.stale} data-stale={node}><span className="visually-hidden">{t("stale")}</span></span>}
      <button
        type="button"
        className={`${classes.breakpoint ?? ""} nodrag nopan`}
        data-breakpoint={on ? node : undefined}
        data-on={on}
        aria-pressed={on}
        aria-label={label}
        title={label}
        tabIndex={-1}
        onClick={(event) => {
          event.stopPropagation();
          useRun.getState().toggleBreakpoint(node);
        }}
      />
    </>
  );
}
