/** Which nodes have run in an execution that is not watched. */
import { useQuery } from "@tanstack/react-query";

import { api } from "@/api";
import type { NodePath } from "@/editor/contracts";

const NONE: ReadonlySet<NodePath> = new Set();

export function useRan(execution: string | null): ReadonlySet<NodePath> {
  const { data } = useQuery({
    queryKey: ["executions", execution, "ran"],
    queryFn: async ({ signal }) => {
      const { data: page } = await api.listNodeRuns({ path: { execution: execution ?? "" }, query: { limit: 200 }, signal });
      return page.items.filter((one) => one.status === "succeeded" || one.status === "failed").map((one) => nameOfRun(one.path));
    },
    enabled: execution !== null,
    staleTime: 60_000,
    select: (paths): ReadonlySet<NodePath> => new Set(paths),
  });
  return data ?? NONE;
}

/** The node of a run path: `places[3]/place` is a run of `places.body.place`. */
export function nameOfRun(path: string): NodePath {
  return path.replace(/\[(\w*)\]\//g, (_, key: string) => `.${/^(catch|finally)$/.test(key) ? key : "body"}.`).replace(/\[\d*\]$/, "");
}
