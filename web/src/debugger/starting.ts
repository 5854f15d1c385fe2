/** Starting trials of the draft: on what they build, and what is told before. */
import { api, isProblem } from "@/api";
import type { NodePath, StartKind, WorkflowDocument } from "@/editor/contracts";
import { nodeAt } from "@/editor/model/paths";

import type { RunGraph } from "./graph";
import { rootOf, staleBefore } from "./planning";

/** An execution that has ended, whose outputs can be used again. */
export interface Base {
  readonly execution: string;
  readonly document: WorkflowDocument;
}

/** The execution to build on: the one that is watched, or else the newest of the workflow that has ended. */
export async function baseOf(workflow: string, watched: Base | null): Promise<Base | null> {
  if (watched !== null) return watched;
  const { data } = await api.listExecutions({ query: { workflow, status: ["succeeded", "failed", "cancelled"], limit: 1 } });
  const execution = data.items[0]?.id;
  if (execution === undefined) return null;
  try {
    const { data: document } = await api.showDocument({ path: { execution } });
    return { execution, document: document as unknown as WorkflowDocument };
  } catch (error) {
    if (isProblem(error) && error.status === 404) return null;
    throw error;
  }
}

export interface Order {
  readonly workflow: string;
  readonly what: StartKind;
  readonly base: Base | null;
  readonly stale: readonly NodePath[];
  readonly breakpoints: readonly NodePath[];
}

/** What has changed before the node that is to run; nothing where everything runs. */
export function staleFor(what: StartKind, base: Base | null, graph: RunGraph, draft: WorkflowDocument): NodePath[] {
  if (base === null || what.kind === "all" || what.kind === "until") return [];
  return staleBefore(graph, draft, base.document, what.node);
}

/** Start; the id of the execution. */
export async function launch(order: Order): Promise<string> {
  const { what, base, workflow } = order;
  const alone = what.kind === "from" || what.kind === "node";
  if (alone && base !== null && nodeAt(base.document, rootOf(what.node)) !== undefined) return again(order, base, what);
  const { data } = await api.startExecution({
    body: {
      workflow, which: "draft", pinned: "draft", breakpoints: order.breakpoints.map((node) => ({ node })),
      ...(what.kind === "all" ? { inputs: what.inputs ?? {} } : {}),
      ...(what.kind === "until" || what.kind === "node" ? { until: rootOf(what.node) } : {}),
    },
    // Asked again after a lost answer, it is the same execution.
    headers: { "Idempotency-Key": crypto.randomUUID() },
  });
  return data.id;
}

async function again(order: Order, base: Base, what: StartKind & { node: NodePath }): Promise<string> {
  const start = rootOf(what.node);
  const { data } = await api.replayExecution({
    path: { execution: base.execution },
    body: {
      on: "draft", start, breakpoints: order.breakpoints.map((node) => ({ node })), again: order.stale.map(rootOf).filter((one) => one !== start),
      ...(what.kind === "node" ? { until: start } : {}),
    },
  });
  return data.id;
}
