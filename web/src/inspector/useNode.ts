/** Changes of a node of the draft. */
import { useCallback, useMemo, useRef } from "react";

import { useRun } from "@/debugger";
import type { Json, NodePath, Operation } from "@/editor/contracts";
import { nodeAt, nodeKeys } from "@/editor/model/paths";
import { useEditor } from "@/editor/store";
import { tellProblem } from "@/shared/told";
import type { FormContext } from "./context";
import type { useData } from "./data/useData";
import { changes } from "./edit";

type Carry = (path: readonly string[], before: Json | undefined, after: Json | undefined) => void;

/** What the fields of a node share, and how their changes are carried out. `level` is where expressions stand. */
export function useNodeContext(node: NodePath, data: ReturnType<typeof useData>, level = node): { form: FormContext; carry: Carry } {
  const document = useEditor((state) => (node === "" ? undefined : nodeAt(state.document, node)));
  const disabled = useEditor((state) => state.readOnly);
  const also = useRef<Operation[]>([]);
  const carry = useCallback<Carry>((path, before, after) => {
    const extra = also.current;
    also.current = [];
    useEditor.getState().apply([...changes(path, before, after), ...extra]);
  }, []);
  const form = useMemo<FormContext>(
    () => ({
      workflow: data.workflow,
      node: level,
      type: document?.type ?? "",
      credential: document?.credential ?? null,
      params: document?.params ?? {},
      execution: data.execution,
      stamp: data.stamp,
      disabled,
      looped: document?.["each"] !== undefined,
      shapeOf: data.shape,
      each: (list) => {
        also.current = node === "" ? [] : [{ op: "set", path: [...nodeKeys(node), "each"], value: list }];
      },
      run: disabled ? undefined : (name) => void runUpTo(node, name),
    }),
    [data.workflow, data.execution, data.stamp, data.shape, document, disabled, level, node],
  );
  return { form, carry };
}

/** Run the node that has no data yet, with what it needs; everything where it is no node. */
async function runUpTo(node: NodePath, name: string): Promise<void> {
  const { document, flush } = useEditor.getState();
  const beside = node.includes(".") ? `${node.slice(0, node.lastIndexOf("."))}.${name}` : name;
  const target = [beside, name].find((one) => nodeAt(document, one) !== undefined);
  try {
    await flush();
    const { start } = useRun.getState();
    await (target !== undefined ? start({ kind: "until", node: target }) : node === "" ? start({ kind: "all" }) : start({ kind: "until", node: outer(node) }));
  } catch (error) {
    tellProblem(error);
  }
}

function outer(node: NodePath): NodePath {
  return node.split(".")[0] ?? node;
}
