/** What stands at a breakpoint: its input can be looked at and changed before it runs. */
import { ActionIcon, Button, Group, JsonInput, Loader, Modal, Select, Stack, Text, Tooltip } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { isRecord } from "@/editor/model/paths";
import { ProblemNote } from "@/shared/ProblemNote";
import { whole } from "@/values/copying";

import { useRun } from "./store";

const MOST = 20_000;
const MONO = { input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } } as const;

export function EditData() {
  const { t } = useTranslation("debugger");
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Tooltip label={t("edit.title")}>
        <ActionIcon variant="subtle" color="gray" aria-label={t("edit.title")} onClick={() => setOpened(true)}>
          <IconPencil size={16} />
        </ActionIcon>
      </Tooltip>
      <Modal opened={opened} onClose={() => setOpened(false)} title={t("edit.title")} size="lg" centered>
        <Choice onDone={() => setOpened(false)} />
      </Modal>
    </>
  );
}

/** Which of the nodes that stand still. */
function Choice({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation("debugger");
  const execution = useRun((run) => run.execution?.id ?? "");
  const paths = useRun((run) => [...run.nodes.values()].filter((one) => one.state === "paused").map((one) => one.path).join("\n")).split("\n");
  const [chosen, setChosen] = useState<string | null>(null);
  const path = chosen !== null && paths.includes(chosen) ? chosen : (paths[0] ?? "");
  return (
    <Stack gap="sm">
      {paths.length > 1 && <Select label={t("edit.node")} data={paths} value={path} onChange={setChosen} allowDeselect={false} />}
      <Text size="sm" c="var(--studio-muted)">{t("edit.text", { node: path })}</Text>
      <Form key={path} execution={execution} path={path} onDone={onDone} />
    </Stack>
  );
}

function Form({ execution, path, onDone }: { execution: string; path: string; onDone: () => void }) {
  const { t } = useTranslation("debugger");
  const [written, setWritten] = useState<string | null>(null);
  const { data, error } = useQuery({
    queryKey: ["executions", "held", execution, path],
    queryFn: async ({ signal }) =>
      whole(
        async (at, offset, limit) => (await api.showValue({ path: { execution }, query: { path, part: "input", at: [...at], offset, limit }, signal })).data,
        [], signal, MOST,
      ),
    gcTime: 0,
  });
  if (error !== null) return <ProblemNote error={error} />;
  if (data === undefined) return <Loader size="sm" />;
  const shown = written ?? JSON.stringify(data, null, 2);
  const changed = changesIn(data, shown);
  const send = async (): Promise<void> => {
    if (changed === null) return;
    if (Object.keys(changed).length > 0) await useRun.getState().edit(path, { params: changed });
    onDone();
  };
  return (
    <>
      <JsonInput aria-label={t("edit.title")} value={shown} onChange={setWritten} rows={20} styles={MONO} validationError={t("inputs.json")} data-autofocus />
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>{t("inputs.cancel")}</Button>
        <Button disabled={changed === null} onClick={() => void send()}>{t("edit.keep")}</Button>
      </Group>
    </>
  );
}

/** Params that read otherwise than before; null where what is written is no object. */
function changesIn(before: unknown, written: string): Record<string, unknown> | null {
  try {
    const now: unknown = JSON.parse(written);
    if (!isRecord(now)) return null;
    const then = isRecord(before) ? before : {};
    return Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(then[name])));
  } catch {
    return null;
  }
}
