/** A called workflow is opened by a double click; the way back is kept in the address. */
import { api } from "@/api";
import { tellProblem } from "@/shared/told";

import type { NodeDocument } from "../contracts";
import { useEditor } from "../store";

export const going: { current: ((workflow: string, from: string) => void) | null } = { current: null };

/** Open the workflow that a node calls. Whether it names one. */
export function openCalled(node: NodeDocument): boolean {
  const called = node.params?.workflow;
  if (typeof called !== "string" || called === "" || called.includes("{{")) return false;
  void open(called);
  return true;
}

async function open(called: string): Promise<void> {
  try {
    const { data } = await api.showWorkflow({ path: { workflow: called } });
    going.current?.(data.id, useEditor.getState().workflow.id);
  } catch (error) {
    tellProblem(error);
  }
}
