/** Where the data of nodes is: the execution that is watched, else the newest one of the workflow. */
import { useCallback, useMemo } from "react";

import { useRun } from "@/debugger";
import type { NodePath, ValueAddress } from "@/editor/contracts";
import { useEditor } from "@/editor/store";
import { shapeAt } from "@/expressions/complete";
import { useItems } from "@/expressions/items";
import { useScope } from "@/expressions/server";
import type { Shape } from "@/expressions/shape";
import { tell, tellProblem } from "@/shared/told";
import { pathSource } from "@/expressions/path";
import i18next from "i18next";

import { usePicking } from "../picking";
import { picked } from "./picked";

const DONE = new Set(["succeeded", "failed", "skipped", "cancelled"]);

/** What changes when data may have changed: another execution, one more node at its end, another draft. */
export function useStamp(): { run: string; all: string } {
  const run = useRun((state) => {
    if (state.execution === null) return "";
    let done = 0;
    for (const node of state.nodes.values()) if (DONE.has(node.state)) done += 1;
    return `${state.execution.id} ${state.execution.status} ${done} ${state.pinned.size}`;
  });
  const revision = useEditor((state) => state.revision);
  return { run, all: `${run} ${revision}` };
}

export function useData(node: NodePath, param = "") {
  const workflow = useEditor((state) => state.workflow.id);
  const watched = useRun((state) => (state.execution?.workflow_id === workflow ? state.execution.id : null));
  const execution = watched ?? "last";
  const { run, all: stamp } = useStamp();
  const scope = useScope(useMemo(() => ({ workflow, node, param, execution }), [workflow, node, param, execution]), stamp);
  const { names } = scope;
  const shape = useCallback((path: readonly string[]): Shape => shapeAt(path, names), [names]);
  const pick = useCallback(
    (path: readonly string[]) => {
      const { taker } = usePicking.getState();
      if (taker !== null) taker.take(picked(path, shape));
      // Nobody takes it: it goes where it can be pasted from.
      else void navigator.clipboard.writeText(pathSource(path)).then(() => tell(i18next.t("inspector:data.copied")), tellProblem);
    },
    [shape],
  );
  return { workflow, execution, found: scope.execution, run, stamp, scope: scope.items, names, shape, pick };
}

/** Where the output of a node is; null where there is no execution. */
export function useAddress(node: NodePath, execution: string | null, part: ValueAddress["part"] = "output"): ValueAddress | null {
  const run = useRun((state) => state.nodes.get(node));
  const watched = useRun((state) => state.execution?.id ?? null);
  const item = useItems((state) => state.chosen[node.split(".")[0] ?? ""] ?? 0);
  const path = run === undefined || watched === null ? node : run.path;
  const from = watched ?? execution;
  return useMemo(() => {
    if (from === null) return null;
    return path.includes(".") ? { execution: from, node: path, part, item } : { execution: from, node: path, part };
  }, [from, path, part, item]);
}

