/** Why an execution failed or waits, and answers that it waits for. */
import { Alert, Anchor, Box, Button, Group, JsonInput, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconHourglass, IconPlugConnectedX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type ExecutionDetail, type ReasonOut } from "@/api";
import { useCan } from "@/app/session";
import { useRunStore, useWatched } from "@/debugger";
import { nodeOf } from "@/debugger/graph";
import type { Json } from "@/editor/contracts";
import { nodeAt } from "@/editor/model/paths";
import { useAct } from "@/shared/act";
import { tellProblem } from "@/shared/told";

export function Notes({ execution, onChoose }: { execution: ExecutionDetail; onChoose: (node: string) => void }) {
  const { t } = useTranslation(["executions", "debugger"]);
  const lost = useWatched((run) => run.connection === "lost");
  const { error, reason } = execution;
  return (
    <Stack gap={6} px="md" pt={8}>
      {lost && <Alert color="yellow" p="xs" icon={<IconPlugConnectedX size={18} />} data-connection="lost">{t("debugger:connection.lost")}</Alert>}
      {error !== null && <Failed error={error} onChoose={onChoose} />}
      {reason !== null && (
        <Alert color="yellow" p="xs" icon={<IconHourglass size={18} />} data-reason={reason.code}>
          <Text size="sm" dir="auto">{reason.message}</Text>
          <Answer execution={execution} reason={reason} />
        </Alert>
      )}
      {execution.parent !== null && (
        <Text size="xs"><Anchor component={Link} to={`/executions/${execution.parent}`}>{t("parent")}</Anchor></Text>
      )}
      {execution.origin !== null && execution.origin !== execution.id && (
        <Text size="xs"><Anchor component={Link} to={`/executions/${execution.origin}`}>{t("origin")}</Anchor></Text>
      )}
    </Stack>
  );
}

function Failed({ error, onChoose }: { error: NonNullable<ExecutionDetail["error"]>; onChoose: (node: string) => void }) {
  const { t } = useTranslation("executions");
  const node = useWatched((run) => (error.node === null ? null : nodeOf(run.folded.graph, error.node)));
  return (
    <Alert color="red" p="xs" icon={<IconAlertTriangle size={18} />} data-failure={error.code}>
      <Group gap="sm" justify="space-between">
        <Text size="sm" dir="auto" flex={1} style={{ overflowWrap: "anywhere" }}>{error.message}</Text>
        {node !== null && <Button size="compact-sm" variant="light" color="red" onClick={() => onChoose(node)}>{t("show_node", { node: error.node })}</Button>}
      </Group>
    </Alert>
  );
}

function Answer({ execution, reason }: { execution: ExecutionDetail; reason: ReasonOut }) {
  const can = useCan();
  const node = reason.node ?? null;
  if (reason.code === "wait.approval" && node !== null && can("execution.decide")) return <Approve execution={execution.id} path={node} />;
  if (reason.code === "wait.in_doubt" && node !== null && can("execution.decide")) return <Decide execution={execution.id} path={node} />;
  if (reason.code === "wait.signal" && reason.name != null && can("execution.control")) return <Signal execution={execution.id} name={reason.name} />;
  return null;
}

function useRefresh() {
  const store = useRunStore();
  return { changes: [["executions"]], after: () => void store.getState().refresh() };
}

function Approve({ execution, path }: { execution: string; path: string }) {
  const { t } = useTranslation("executions");
  const [comment, setComment] = useState("");
  const choices = useWatched((run) => choicesOf(run.document === null ? undefined : nodeAt(run.document, nodeOf(run.folded.graph, path) ?? "")?.params?.choices));
  const act = useAct(
    (decision: string) => api.approveExecution({ path: { execution }, body: { path, decision, ...(comment === "" ? {} : { comment }) } }),
    { ...useRefresh(), said: t("done.answer") },
  );
  return (
    <Group gap="xs" mt="xs" align="flex-end">
      <TextInput size="xs" flex={1} miw={180} placeholder={t("answer.comment")} aria-label={t("answer.comment")} value={comment} onChange={(event) => setComment(event.currentTarget.value)} dir="auto" />
      {choices.split("\n").map((one, at) => (
        <Button key={one} size="xs" variant={at === 0 ? "filled" : "default"} loading={act.isPending} onClick={() => act.mutate(one)}>
          {t(`choice.${one}`, { defaultValue: one })}
        </Button>
      ))}
    </Group>
  );
}

/** One text, so that what is read from the store stays the same as long as it says the same. */
function choicesOf(given: Json | undefined): string {
  const found = Array.isArray(given) ? given.filter((one) => typeof one === "string") : [];
  return (found.length === 0 ? ["approve", "reject"] : found).join("\n");
}

function Decide({ execution, path }: { execution: string; path: string }) {
  const { t } = useTranslation("executions");
  const act = useAct(
    (decision: "happened" | "run" | "fail") => api.decideExecution({ path: { execution }, body: { path, decision } }),
    { ...useRefresh(), said: t("done.answer") },
  );
  return (
    <Box mt="xs">
      <Text size="xs" mb={6}>{t("doubt.text")}</Text>
      <Group gap="xs">
        {(["happened", "run", "fail"] as const).map((one) => (
          <Button key={one} size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate(one)}>{t(`doubt.${one}`)}</Button>
        ))}
      </Group>
    </Box>
  );
}

function Signal({ execution, name }: { execution: string; name: string }) {
  const { t } = useTranslation("executions");
  const [written, setWritten] = useState("");
  const act = useAct((payload: unknown) => api.signalExecution({ path: { execution }, body: { name, payload } }), { ...useRefresh(), said: t("done.answer") });
  const send = (): void => {
    try {
      act.mutate(written.trim() === "" ? null : JSON.parse(written));
    } catch (error) {
      tellProblem(error);
    }
  };
  return (
    <Group gap="xs" mt="xs" align="flex-end">
      <JsonInput size="xs" flex={1} miw={220} rows={2} label={t("answer.payload")} value={written} onChange={setWritten} />
      <Button size="xs" loading={act.isPending} onClick={send}>{t("answer.send", { name })}</Button>
    </Group>
  );
}
