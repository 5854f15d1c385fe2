/** What is said about nodes, found by node. */
import type { PresenceOut, ProblemOut } from "@/api";

const NO_PROBLEMS: readonly ProblemOut[] = [];
const NOBODY: readonly PresenceOut[] = [];

/** Groups a list once for each list, so that every node finds its own without looking through all. */
function grouped<T extends object>(name: (one: T) => readonly string[], none: readonly T[]) {
  const known = new WeakMap<readonly T[], Map<string, T[]>>();
  return (all: readonly T[], node: string): readonly T[] => {
    let found = known.get(all);
    if (found === undefined) {
      found = new Map();
      for (const one of all) {
        for (const at of name(one)) found.set(at, [...(found.get(at) ?? []), one]);
      }
      known.set(all, found);
    }
    return found.get(node) ?? none;
  };
}

export const problemsOf = grouped<ProblemOut>((one) => (one.node == null ? [] : [one.node]), NO_PROBLEMS);

/** Who has a node open or selected. */
export const othersAt = grouped<PresenceOut>((one) => [...new Set([...(one.node === null ? [] : [one.node]), ...one.selection])], NOBODY);
