import { ActionIcon, Alert, Badge, Button, Group, List, Select, SegmentedControl, Stack, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconGitFork, IconPencil, IconRepeat, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type ExecutionDetail } from "@/api";
import { useCan } from "@/app/session";
import { StateBadge, useWatched } from "@/debugger";
import type { Node } from "@/debugger/fold";
import { nodeAt } from "@/editor/model/paths";
import { useFormat } from "@/i18n/format";
import { useAct } from "@/shared/act";
import { ValueView } from "@/values";

import classes from "./Executions.module.css";
import { TERMINAL } from "./Actions";

type Tab = "output" | "input" | "whole";

/** What went into a node and what came of it; without a node, what went into the whole and came of it. */
export function NodePanel({ node, execution, onClose }: { node: string | null; execution: ExecutionDetail; onClose: () => void }) {
  if (node === null) return <WholePanel execution={execution} />;
  return <One node={node} execution={execution} onClose={onClose} />;
}

function WholePanel({ execution }: { execution: ExecutionDetail }) {
  const { t } = useTranslation("executions");
  const [part, setPart] = useState("$output");
  const over = TERMINAL.has(execution.status);
  const shown = part === "$output" && !over ? "$inputs" : part;
  return (
    <>
      <div className={classes.sidehead}>
        <SegmentedControl
          size="xs"
          fullWidth
          flex={1}
          aria-label={t("panel.part")}
          value={shown}
          onChange={setPart}
          data={[
            { value: "$output", label: t("panel.output"), disabled: !over },
            { value: "$inputs", label: t("panel.inputs") },
            { value: "$event", label: t("panel.event") },
          ]}
        />
      </div>
      <div className={classes.sidebody}>
        <ValueView key={shown} address={{ execution: execution.id, node: shown, part: "output" }} stamp={over} />
      </div>
    </>
  );
}

function One({ node, execution, onClose }: { node: string; execution: ExecutionDetail; onClose: () => void }) {
  const { t } = useTranslation("executions");
  const watch = useWatched((run) => run.nodes.get(node));
  const title = useWatched((run) => (run.document === null ? undefined : nodeAt(run.document, node)?.title));
  const failed = watch?.state === "failed";
  const [tab, setTab] = useState<Tab>(failed ? "input" : "output");
  const address = { execution: execution.id, node: watch?.path ?? node } as const;
  return (
    <>
      <div className={classes.sidehead}>
        <Stack gap={0} flex={1} miw={0}>
          <Text fw={600} truncate><bdi>{title ?? node}</bdi></Text>
          <Text size="xs" className={classes.code ?? ""} c="var(--studio-muted)" truncate>{watch?.path ?? node}</Text>
        </Stack>
        {watch !== undefined && <StateBadge state={watch.state} />}
        <ActionIcon variant="subtle" color="gray" aria-label={t("panel.close")} onClick={onClose}><IconX size={16} /></ActionIcon>
      </div>
      <Stack gap="xs" p="sm">
        {watch !== undefined && <Facts watch={watch} />}
        {watch?.error !== undefined && watch.state !== "succeeded" && <Failure watch={watch} node={node} execution={execution} />}
        <NodeActions node={node} execution={execution} />
        <SegmentedControl
          size="xs"
          aria-label={t("panel.part")}
          value={tab}
          onChange={(value) => setTab(value as Tab)}
          data={[{ value: "output", label: t("panel.output") }, { value: "input", label: t("panel.resolved") }]}
        />
      </Stack>
      <div className={classes.sidebody}>
        <ValueView key={`${tab} ${address.node}`} address={{ ...address, part: tab === "input" ? "input" : "output" }} stamp={watch?.state} />
      </div>
    </>
  );
}

function Facts({ watch }: { watch: Node }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const facts = [
    watch.seconds === undefined ? null : t("panel.took", { time: format.duration(watch.seconds) }),
    watch.outputBytes === undefined || watch.state !== "succeeded" ? null : t("panel.size", { size: format.bytes(watch.outputBytes) }),
    watch.attempts === undefined || watch.attempts < 2 ? null : t("timeline.attempts", { count: watch.attempts, shown: format.number(watch.attempts) }),
    watch.cachedAt === undefined ? null : t("panel.cached", { when: format.moment(watch.cachedAt) }),
  ].filter((one) => one !== null);
  return facts.length === 0 ? null : <Text size="xs" c="var(--studio-muted)">{facts.join(" · ")}</Text>;
}

/** The error, the attempts before it, and the way to the param in the draft. */
function Failure({ watch, node, execution }: { watch: Node; node: string; execution: ExecutionDetail }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const navigate = useNavigate();
  const { data } = useQuery({
    queryKey: ["executions", "attempts", execution.id, watch.path, watch.state],
    queryFn: async () => (await api.showAttempts({ path: { execution: execution.id }, query: { path: watch.path } })).data,
  });
  const { error } = watch;
  if (error === undefined) return null;
  const fix = (): void =>
    void navigate({
      to: "/workflows/$workflow", params: { workflow: execution.workflow_id ?? "" },
      search: { execution: execution.id, node, ...(error.param == null ? {} : { param: error.param }) },
    });
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={error.param == null ? error.code : t("panel.error_param", { code: error.code, param: error.param })} data-error={error.code}>
      <Text size="sm" dir="auto" style={{ overflowWrap: "anywhere" }}>{error.message}</Text>
      {(data?.attempts.length ?? 0) > 0 && (
        <List size="xs" mt="xs" type="ordered">
          {data?.attempts.map((one) => (
            <List.Item key={one.number}>{t("panel.attempt", { at: format.time(one.next_at), message: one.error?.message ?? "" })}</List.Item>
          ))}
        </List>
      )}
      {execution.workflow_id !== null && (
        <Button size="compact-sm" mt="sm" variant="light" color="red" leftSection={<IconPencil size={14} />} onClick={fix}>{t("panel.fix")}</Button>
      )}
    </Alert>
  );
}

/** Running again from this node on, and copying what came before. */
function NodeActions({ node, execution }: { node: string; execution: ExecutionDetail }) {
  const { t } = useTranslation("executions");
  const can = useCan();
  const navigate = useNavigate();
  const [on, setOn] = useState<"same" | "published" | "draft">("same");
  const go = (made: { id: string }): void => void navigate({ to: "/executions/$execution", params: { execution: made.id } });
  const path = { execution: execution.id };
  const replay = useAct(async () => (await api.replayExecution({ path, body: { start: node, on } })).data, { changes: [["executions"]], after: go, said: t("done.replay") });
  const fork = useAct(async () => (await api.forkExecution({ path, body: { until: node, on } })).data, { changes: [["executions"]], after: go, said: t("done.fork") });
  if (!can("execution.control") || !TERMINAL.has(execution.status)) return null;
  // An inner node is taken up with its container, as a whole.
  if (node.includes(".")) return <Badge variant="light" color="gray" tt="none">{t("panel.inside")}</Badge>;
  return (
    <Group gap={6}>
      <Select
        size="xs"
        w={140}
        aria-label={t("on.label")}
        data={(["same", "published", "draft"] as const).map((value) => ({ value, label: t(`on.${value}`) }))}
        value={on}
        allowDeselect={false}
        onChange={(value) => setOn(value === "draft" || value === "published" ? value : "same")}
      />
      <Tooltip label={t("panel.replay_hint")}>
        <Button size="xs" variant="light" leftSection={<IconRepeat size={14} />} loading={replay.isPending} onClick={() => replay.mutate()}>{t("panel.replay")}</Button>
      </Tooltip>
      <Tooltip label={t("panel.fork_hint")}>
        <Button size="xs" variant="default" leftSection={<IconGitFork size={14} />} loading={fork.isPending} onClick={() => fork.mutate()}>{t("panel.fork")}</Button>
      </Tooltip>
    </Group>
  );
}
