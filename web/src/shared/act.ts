/** Doing something on the server: said when it is done, said when it fails, and lists asked for again. */
import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";

import { tell, tellProblem } from "./told";

interface Options<V, R> {
  /** What may have changed by it. */
  readonly changes: readonly QueryKey[];
  readonly said?: string | ((result: R, given: V) => string);
  readonly after?: (result: R, given: V) => void;
  /** The failure is shown where it happened, and not at the edge of the screen. */
  readonly quiet?: boolean;
}

export function useAct<V = void, R = unknown>(does: (given: V) => Promise<R>, options: Options<V, R>) {
  const queries = useQueryClient();
  return useMutation<R, Error, V>({
    mutationFn: does,
    onSuccess: async (result, given) => {
      await Promise.all(options.changes.map((queryKey) => queries.invalidateQueries({ queryKey })));
      const said = typeof options.said === "function" ? options.said(result, given) : options.said;
      if (said !== undefined) tell(said);
      options.after?.(result, given);
    },
    onError: (error) => {
      if (options.quiet !== true) tellProblem(error);
    },
  });
}
