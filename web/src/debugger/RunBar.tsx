/** Runs the draft: all of it, with its inputs; stops, steps and goes on; says where the execution stands. */
import { ActionIcon, Button, Group, Menu, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconChevronDown, IconEraser, IconPlayerPlayFilled, IconPlayerSkipForward, IconPlayerStopFilled, IconPlayerTrackNext } from "@tabler/icons-react";
import { useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useCan } from "@/app/session";
import type { Json } from "@/editor/contracts";
import { useEditor } from "@/editor/store";
import { tellProblem } from "@/shared/told";

import { EditData } from "./EditData";
import { EffectsDialog } from "./EffectsDialog";
import { inputsOf } from "./inputs";
import { InputsDialog } from "./InputsDialog";
import { RunStatus } from "./RunStatus";
import { useRun } from "./store";

export function RunBar() {
  const workflow = useEditor((state) => state.workflow);
  const can = useCan();
  const search = useSearch({ strict: false });
  const wanted = "execution" in search && typeof search.execution === "string" ? search.execution : null;
  useEffect(() => {
    if (workflow.id === "") return undefined;
    useRun.getState().loadPinned(workflow.id).catch(tellProblem);
    // The data of an execution is asked for: it is shown on the draft.
    if (wanted !== null) useRun.getState().watch(wanted);
    return () => useRun.getState().clear();
  }, [workflow.id, wanted]);
  useHotkeys([
    ["F8", () => void useRun.getState().proceed()],
    ["F9", () => useEditor.getState().selection.forEach((one) => useRun.getState().toggleBreakpoint(one))],
    ["F10", () => void useRun.getState().step()],
  ]);
  return (
    <Group gap="xs" wrap="nowrap" role="toolbar" data-run-bar>
      {can("workflow.execute", workflow.folder) && <Start />}
      <RunStatus />
      <Acting />
      <EffectsDialog />
    </Group>
  );
}

/** The button that runs everything; what was given last is given again. */
function Start() {
  const { t } = useTranslation("debugger");
  const workflow = useEditor((state) => state.workflow.id);
  const schemas = useEditor((state) => state.document.inputs);
  const broken = useEditor((state) => state.problems.some((one) => one.severity === "error"));
  const starting = useRun((run) => run.starting);
  const inputs = useMemo(() => inputsOf(schemas), [schemas]);
  const [asking, setAsking] = useState(false);
  const last = useMemo(() => (asking ? lastOf(workflow) : {}), [workflow, asking]);
  const start = (values: Record<string, Json>): void => {
    setAsking(false);
    keepLast(workflow, values);
    void useRun.getState().start({ kind: "all", inputs: values });
  };
  const run = (): void => {
    const known = Object.fromEntries(Object.entries(lastOf(workflow)).filter(([name]) => inputs.some((one) => one.name === name)));
    if (inputs.some((one) => one.required && !(one.name in known))) setAsking(true);
    else start(known);
  };
  useHotkeys([["mod+Enter", run]], []);
  return (
    <>
      <Button.Group>
        <Tooltip label={broken ? t("run.broken") : t("run.all_hint")}>
          <Button size="xs" leftSection={<IconPlayerPlayFilled size={14} />} loading={starting} onClick={run} color={broken ? "orange" : "indigo"}>
            {t("run.run")}
          </Button>
        </Tooltip>
        {inputs.length > 0 && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="xs" px={6} aria-label={t("run.more")} disabled={starting} color={broken ? "orange" : "indigo"}>
                <IconChevronDown size={14} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setAsking(true)}>{t("run.with_inputs")}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Button.Group>
      <InputsDialog opened={asking} inputs={inputs} last={last} onClose={() => setAsking(false)} onRun={start} />
    </>
  );
}

/** What can be done with the execution that is watched. */
function Acting() {
  const { t } = useTranslation("debugger");
  const status = useRun((run) => run.execution?.status ?? null);
  const held = useRun((run) => [...run.nodes.values()].some((one) => one.state === "paused"));
  if (status === null) return null;
  const going = ["queued", "running", "waiting", "paused"].includes(status);
  return (
    <Group gap={2} wrap="nowrap">
      {going && held && <Act label={t("run.step")} icon={<IconPlayerSkipForward size={16} />} onClick={() => void useRun.getState().step()} />}
      {going && held && <EditData />}
      {going && (held || status === "paused") && <Act label={t("run.proceed")} icon={<IconPlayerTrackNext size={16} />} onClick={() => void useRun.getState().proceed()} />}
      {going && <Act label={t("run.stop")} icon={<IconPlayerStopFilled size={16} />} colour="red" onClick={() => void useRun.getState().stop()} />}
      {!going && <Act label={t("run.clear")} icon={<IconEraser size={16} />} onClick={() => useRun.getState().clear()} />}
    </Group>
  );
}

function Act({ label, icon, onClick, colour = "gray" }: { label: string; icon: React.ReactNode; onClick: () => void; colour?: string }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color={colour} aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

const KEPT = "studio.inputs.";

function lastOf(workflow: string): Record<string, Json> {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT + workflow) ?? "{}") as Record<string, Json>;
  } catch {
    return {};
  }
}

function keepLast(workflow: string, values: Record<string, Json>): void {
  sessionStorage.setItem(KEPT + workflow, JSON.stringify(values));
}
