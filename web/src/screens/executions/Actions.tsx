import { ActionIcon, Button, Group, Menu, Tooltip } from "@mantine/core";
import { IconDotsVertical, IconDownload, IconPencil, IconPlayerPause, IconPlayerPlay, IconPlayerStopFilled, IconRefresh, IconRepeat, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type ExecutionDetail } from "@/api";
import { useCan } from "@/app/session";
import { useRunStore } from "@/debugger";
import { useAct } from "@/shared/act";
import { Confirm } from "@/shared/Confirm";
import { save } from "@/values";

export const TERMINAL = new Set(["succeeded", "failed", "cancelled", "dead"]);

/** What can be done with the whole of an execution. */
export function Actions({ execution }: { execution: ExecutionDetail }) {
  const { t } = useTranslation("executions");
  const can = useCan();
  const act = useActions(execution);
  const over = TERMINAL.has(execution.status);
  const control = can("execution.control");
  const failed = execution.status === "failed" || execution.status === "dead";
  return (
    <Group gap="xs">
      {control && !over && (execution.status === "paused" || execution.held) && (
        <Button size="xs" leftSection={<IconPlayerPlay size={14} />} loading={act.resume.isPending} onClick={() => act.resume.mutate()}>{t("action.resume")}</Button>
      )}
      {control && !over && execution.status !== "paused" && !execution.held && (
        <Button size="xs" variant="default" leftSection={<IconPlayerPause size={14} />} loading={act.pause.isPending} onClick={() => act.pause.mutate()}>{t("action.pause")}</Button>
      )}
      {control && !over && (
        <Button size="xs" color="red" variant="light" leftSection={<IconPlayerStopFilled size={14} />} loading={act.cancel.isPending} onClick={() => act.cancel.mutate()}>{t("action.cancel")}</Button>
      )}
      {control && failed && (
        <Tooltip label={t("action.retry_hint")}>
          <Button size="xs" leftSection={<IconRefresh size={14} />} loading={act.retry.isPending} onClick={() => act.retry.mutate()}>{t("action.retry")}</Button>
        </Tooltip>
      )}
      {execution.workflow_id !== null && can("workflow.view") && (
        <Button size="xs" variant="default" leftSection={<IconPencil size={14} />} onClick={act.edit}>{t(failed ? "action.edit_failed" : "action.edit")}</Button>
      )}
      <More execution={execution} act={act} />
    </Group>
  );
}

type Act = ReturnType<typeof useActions>;

function useActions(execution: ExecutionDetail) {
  const { t } = useTranslation("executions");
  const navigate = useNavigate();
  const store = useRunStore();
  const path = { execution: execution.id };
  const changes = [["executions"]];
  const go = (made: { id: string }): void => void navigate({ to: "/executions/$execution", params: { execution: made.id } });
  const refresh = { changes, after: () => void store.getState().refresh() };
  return {
    cancel: useAct(() => api.cancelExecution({ path, body: {} }), { ...refresh, said: t("done.cancel") }),
    pause: useAct(() => api.pauseExecution({ path }), refresh),
    resume: useAct(() => api.resumeExecution({ path }), refresh),
    retry: useAct(async () => (await api.retryExecution({ path })).data, { changes, after: go, said: t("done.retry") }),
    replay: useAct(async (on: "same" | "published" | "draft") => (await api.replayExecution({ path, body: { on } })).data, { changes, after: go, said: t("done.replay") }),
    remove: useAct(() => api.deleteExecution({ path }), { changes, after: () => void navigate({ to: "/executions" }), said: t("done.delete") }),
    keep: useAct(async () => (await api.exportExecution({ path })).data, { changes: [], after: (found) => save(`execution-${execution.id}.json`, JSON.stringify(found, null, 2)) }),
    edit: () => void navigate({ to: "/workflows/$workflow", params: { workflow: execution.workflow_id ?? "" }, search: { execution: execution.id } }),
  };
}

function More({ execution, act }: { execution: ExecutionDetail; act: Act }) {
  const { t } = useTranslation("executions");
  const can = useCan();
  const [removing, setRemoving] = useState(false);
  const own = execution.workflow_id !== null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t("action.more")}><IconDotsVertical size={16} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {can("execution.control") && (
            <>
              <Menu.Label>{t("action.replay")}</Menu.Label>
              {(own ? (["same", "published", "draft"] as const) : (["same"] as const)).map((on) => (
                <Menu.Item key={on} leftSection={<IconRepeat size={14} />} onClick={() => act.replay.mutate(on)}>{t(`on.${on}`)}</Menu.Item>
              ))}
              <Menu.Divider />
            </>
          )}
          <Menu.Item leftSection={<IconDownload size={14} />} onClick={() => act.keep.mutate()}>{t("action.export")}</Menu.Item>
          {can("execution.delete") && TERMINAL.has(execution.status) && (
            <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => setRemoving(true)}>{t("action.delete")}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={removing}
        title={t("action.delete")}
        text={t("delete_sure")}
        submit={t("action.delete")}
        busy={act.remove.isPending}
        onClose={() => setRemoving(false)}
        onConfirm={() => act.remove.mutate()}
      />
    </>
  );
}
