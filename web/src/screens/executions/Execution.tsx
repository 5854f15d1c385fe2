/** One execution: as a graph, as a timeline, as a log; and what can be done with it. */
import { Anchor, Box, SegmentedControl, Text } from "@mantine/core";
import { useDocumentTitle, useMediaQuery } from "@mantine/hooks";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { isProblem, type ExecutionDetail } from "@/api";
import { NotFound } from "@/app/NotFound";
import { makeRun, RunContext, useWatched } from "@/debugger";
import { Elapsed } from "@/debugger/Elapsed";
import { StateBadge } from "@/debugger/states";
import { useFormat } from "@/i18n/format";
import { Ago } from "@/shared/Ago";
import { ProblemNote } from "@/shared/ProblemNote";

import { Actions } from "./Actions";
import classes from "./Executions.module.css";
import { Graph } from "./Graph";
import { Log } from "./Log";
import { NodePanel } from "./NodePanel";
import { Notes } from "./Notes";
import { Timeline } from "./Timeline";

type View = "graph" | "timeline" | "log";

export function Execution() {
  const { execution } = useParams({ from: "/inside/executions/$execution" });
  const use = useMemo(() => makeRun(), []);
  useEffect(() => {
    use.getState().watch(execution);
    return () => use.getState().clear();
  }, [use, execution]);
  return (
    <RunContext value={use}>
      <Page key={execution} />
    </RunContext>
  );
}

function Page() {
  const { t } = useTranslation("executions");
  const execution = useWatched((run) => run.execution);
  const failure = useWatched((run) => run.failure);
  const narrow = useMediaQuery("(max-width: 48em)");
  const [view, setView] = useState<View>("graph");
  const [node, setNode] = useState<string | null>(null);
  useDocumentTitle(`${execution?.workflow ?? t("title")} · Studio`);
  if (isProblem(failure) && failure.status === 404 && execution === null) return <NotFound />;
  if (execution === null) return <Box p="lg"><ProblemNote error={failure} /></Box>;
  const body = { graph: <Graph chosen={node} onChoose={setNode} />, timeline: <Timeline chosen={node} onChoose={setNode} />, log: <Log onChoose={setNode} /> };
  return (
    <div className={classes.page} data-execution={execution.id}>
      <Head execution={execution} />
      <Notes execution={execution} onChoose={setNode} />
      <Box px="md" py={6}>
        <SegmentedControl
          size="xs"
          aria-label={t("view.label")}
          value={view}
          onChange={(value) => setView(value as View)}
          data={(["graph", "timeline", "log"] as const).map((value) => ({ value, label: t(`view.${value}`) }))}
        />
      </Box>
      <div className={classes.split}>
        <div className={classes.main}>{body[view]}</div>
        {(node !== null || !narrow) && (
          <aside className={classes.side} aria-label={t("panel.label")}>
            <NodePanel key={node ?? ""} node={node} execution={execution} onClose={() => setNode(null)} />
          </aside>
        )}
      </div>
    </div>
  );
}

function Head({ execution }: { execution: ExecutionDetail }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const startedAt = Date.parse(execution.accepted_at);
  const endedAt = execution.ended_at === null ? null : Date.parse(execution.ended_at);
  return (
    <header className={classes.head}>
      <div style={{ flex: 1, minInlineSize: 200 }}>
        <Text size="xs" c="var(--studio-muted)">
          <Anchor component={Link} to="/executions" inherit>{t("title")}</Anchor> / <span className={classes.code} dir="ltr">{execution.id.slice(-8)}</span>
        </Text>
        <Text component="h1" size="lg" fw={650} m={0}><bdi>{execution.workflow}</bdi></Text>
        <Text size="xs" c="var(--studio-muted)" component="div">
          <Ago at={execution.accepted_at} /> · <Elapsed from={startedAt} to={endedAt} /> · {t(`mode.${execution.mode}`, { defaultValue: execution.mode })} · {t(`trigger.${execution.trigger}`, { defaultValue: execution.trigger })}
          {execution.tokens > 0 && <> · {t("tokens", { count: execution.tokens, shown: format.number(execution.tokens) })}</>}
          {execution.cost > 0 && <> · {format.number(execution.cost, { style: "currency", currency: "USD", maximumFractionDigits: 4 })}</>}
          {execution.recoveries > 0 && <> · {t("recoveries", { count: execution.recoveries, shown: format.number(execution.recoveries) })}</>}
        </Text>
      </div>
      <output aria-live="polite" data-status={execution.status}><StateBadge state={execution.status} /></output>
      <Actions execution={execution} />
    </header>
  );
}
