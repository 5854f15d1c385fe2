import { Center, Loader, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, everyPage, type BarOut } from "@/api";
import { colourOf, StateIcon, useWatched } from "@/debugger";
import { nodeOf } from "@/debugger/graph";
import { useFormat } from "@/i18n/format";
import { ProblemNote } from "@/shared/ProblemNote";

import classes from "./Executions.module.css";
import { barsOf, ticks, type Bar } from "./timeline";

/** Node runs on their axis: worked, waited, tried again; and what the end had to wait for. */
export function Timeline({ chosen, onChoose }: { chosen: string | null; onChoose: (node: string) => void }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const graph = useWatched((run) => run.folded.graph);
  const id = useWatched((run) => run.execution?.id ?? "");
  const over = useWatched((run) => run.folded.endedAt !== null);
  const { data, error } = useQuery({
    queryKey: ["executions", "timeline", id, over],
    queryFn: () => everyPage<BarOut>((cursor) => api.showTimeline({ path: { execution: id }, query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) } })),
    refetchInterval: over ? false : 2000,
    placeholderData: keepPreviousData,
    enabled: id !== "",
  });
  if (error !== null) return <ProblemNote error={error} />;
  if (data === undefined) return <Center h="100%"><Loader size="sm" /></Center>;
  const bars = barsOf(data, graph);
  const length = Math.max(0.001, ...bars.map((one) => one.end));
  const critical = bars.filter((one) => one.critical).reduce((sum, one) => sum + one.seconds + one.waited, 0);
  return (
    <div className={classes.bars} dir="ltr">
      <Text size="xs" c="var(--studio-muted)" mb={4} dir="auto">
        <IconRoute size={13} aria-hidden style={{ verticalAlign: "-2px" }} /> {t("timeline.critical", { time: format.duration(critical), whole: format.duration(length) })}
      </Text>
      <div className={classes.bar} style={{ blockSize: 22 }} aria-hidden>
        <span />
        <div className={classes.axis}>
          {ticks(length).map((at) => <span key={at} className={classes.tick} style={{ insetInlineStart: `${(at / length) * 100}%` }}>{format.duration(at)}</span>)}
        </div>
        <span />
      </div>
      <ul style={{ listStyle: "none", margin: 0, padding: 0 }} aria-label={t("view.timeline")}>
        {bars.map((one) => {
          const node = nodeOf(graph, one.path);
          return <li key={one.path}><Line bar={one} length={length} chosen={node !== null && node === chosen} onChoose={() => node !== null && onChoose(node)} /></li>;
        })}
      </ul>
    </div>
  );
}

function Line({ bar, length, chosen, onChoose }: { bar: Bar; length: number; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation(["executions", "debugger"]);
  const format = useFormat();
  const told = t("timeline.told", {
    path: bar.path, state: t(`debugger:state.${bar.status}`), time: format.duration(bar.seconds), waited: format.duration(bar.waited),
  });
  return (
    <Tooltip label={<Facts bar={bar} />} multiline openDelay={250}>
      <UnstyledButton className={classes.bar ?? ""} data-chosen={chosen} data-bar={bar.path} data-critical={bar.critical} aria-label={told} onClick={onChoose}>
        <span style={{ display: "flex", gap: 6, alignItems: "center", minInlineSize: 0, paddingInlineStart: bar.depth * 14 }}>
          <StateIcon state={bar.status} size={14} />
          <Text size="sm" truncate>{bar.path.split("/").at(-1)}</Text>
          {bar.attempts > 1 && <Text size="xs" c="var(--studio-warn)">{t("timeline.attempts", { count: bar.attempts, shown: format.number(bar.attempts) })}</Text>}
        </span>
        <span className={classes.track}>
          {bar.start !== null && bar.status !== "skipped" && <Pieces bar={bar} length={length} />}
        </span>
        <Text size="xs" c="var(--studio-muted)" ta="end" component="span">{bar.start === null || bar.status === "skipped" ? "" : format.duration(bar.seconds + bar.waited)}</Text>
      </UnstyledButton>
    </Tooltip>
  );
}

/** Waiting is hatched, and drawn before the work: when exactly it waited is not recorded. */
function Pieces({ bar, length }: { bar: Bar; length: number }) {
  const share = (seconds: number): string => `${(seconds / length) * 100}%`;
  const start = bar.start ?? 0;
  return (
    <>
      {bar.waited > 0 && <span className={classes.piece} data-wait data-critical={bar.critical} style={{ insetInlineStart: share(start), inlineSize: share(bar.waited), background: "var(--studio-warn)", opacity: 0.55 }} />}
      <span className={classes.piece} data-critical={bar.critical} style={{ insetInlineStart: share(start + bar.waited), inlineSize: share(bar.seconds), background: colourOf(bar.status) }} />
    </>
  );
}

function Facts({ bar }: { bar: Bar }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  return (
    <>
      <Text size="xs" fw={600}>{bar.path}</Text>
      <Text size="xs">{t("timeline.began", { time: format.duration(bar.start ?? 0) })}</Text>
      <Text size="xs">{t("timeline.worked", { time: format.duration(bar.seconds) })}</Text>
      {bar.waited > 0 && <Text size="xs">{t("timeline.waited", { time: format.duration(bar.waited) })}</Text>}
      {bar.error !== null && <Text size="xs">{bar.error}</Text>}
      {bar.critical && <Text size="xs">{t("timeline.is_critical")}</Text>}
    </>
  );
}
