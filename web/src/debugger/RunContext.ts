/** Whose execution the parts of the screen show: the editor's, or the one of a screen of its own. */
import { createContext, useContext } from "react";

import type { RunStore } from "./state";
import { useRun, type UseRun } from "./store";

export const RunContext = createContext<UseRun>(useRun);

/** What the debugger around knows: `useWatched((run) => run.nodes.get(node))`. */
export function useWatched<T>(select: (run: RunStore) => T): T {
  const use = useContext(RunContext);
  return use(select);
}

/** The store around, for what is done rather than shown. */
export function useRunStore(): UseRun {
  return useContext(RunContext);
}
