import { Anchor, Group, Loader, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useEditor } from "@/editor/store";

import { Elapsed } from "./Elapsed";
import { nodeOf } from "./graph";
import { StateBadge } from "./states";
import { useRun } from "./store";

const OVER = new Set(["succeeded", "failed", "cancelled", "dead"]);

/** Where the execution stands, how long it has taken, why it failed or waits, and whether it is heard of. */
export function RunStatus() {
  const { t } = useTranslation("debugger");
  const execution = useRun((run) => run.execution);
  const status = useRun((run) => run.folded.status);
  const startedAt = useRun((run) => run.folded.startedAt);
  const endedAt = useRun((run) => run.folded.endedAt);
  const connection = useRun((run) => run.connection);
  if (execution === null) return null;
  // It is over when everything that happened is shown, not when the server knows of it.
  const going = endedAt === null && connection !== "ended";
  const shown = going ? (OVER.has(execution.status) ? "running" : execution.status) : endedAt === null ? execution.status : status;
  return (
    <Group gap={8} wrap="nowrap" miw={0} data-run-status={shown}>
      <output aria-live="polite"><StateBadge state={shown} /></output>
      {startedAt !== null && <Text size="xs" c="var(--studio-muted)"><Elapsed from={startedAt} to={endedAt} /></Text>}
      <Connection />
      <Why />
      <Tooltip label={t("run.details")}>
        <Anchor size="xs" component={Link} to={`/executions/${execution.id}`} aria-label={t("run.details")} style={{ whiteSpace: "nowrap" }}>
          {t("run.open")}
        </Anchor>
      </Tooltip>
    </Group>
  );
}

function Connection() {
  const { t } = useTranslation("debugger");
  const connection = useRun((run) => run.connection);
  if (connection !== "lost" && connection !== "connecting") return null;
  return (
    <Group gap={4} wrap="nowrap" data-connection={connection}>
      {connection === "lost" ? <IconPlugConnectedX size={15} color="var(--studio-warn)" aria-hidden /> : <Loader size={12} aria-hidden />}
      <Text size="xs" c="var(--studio-warn)">{t(`connection.${connection}`)}</Text>
    </Group>
  );
}

/** Why it failed, with the way to the node; why it waits. */
function Why() {
  const { t } = useTranslation("debugger");
  const error = useRun((run) => run.execution?.error ?? null);
  const reason = useRun((run) => run.execution?.reason?.message ?? null);
  const graph = useRun((run) => run.folded.graph);
  if (error === null) return reason === null ? null : <Text size="xs" truncate maw={320}>{reason}</Text>;
  const node = error.node === null ? null : nodeOf(graph, error.node);
  const text = <Text size="xs" c="var(--studio-bad)" truncate maw={360} dir="auto">{error.message}</Text>;
  if (node === null) return text;
  return (
    <UnstyledButton onClick={() => useEditor.getState().open(node, error.param ?? undefined)} aria-label={t("error.lead", { message: error.message })} style={{ minInlineSize: 0 }}>
      {text}
    </UnstyledButton>
  );
}
