/** Hints that executions of the workspace have changed: what shows them fetches again. */
import { useEffect, useRef } from "react";

import { follow } from "@/api";

/** Changes come in crowds; they are told of at most so often, in milliseconds. */
const OFTEN = 1500;

/** Be told when an execution has changed; with its id, or null where it may be any. After an absence, too. */
export function useHints(told: (execution: string | null) => void): void {
  const latest = useRef(told);
  useEffect(() => {
    latest.current = told;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let which: Set<string | null> = new Set();
    const tell = (): void => {
      timer = undefined;
      const [first] = which;
      latest.current(which.size === 1 && first !== undefined ? first : null);
      which = new Set();
    };
    const hint = (id: string | null): void => {
      which.add(id);
      timer ??= setTimeout(tell, OFTEN);
    };
    let lost = false;
    const stop = follow<{ kind: string; id: string | null }>("/api/v1/events", {
      event: (event) => {
        if (event.kind === "execution") hint(event.id);
      },
      state: (state) => {
        if (state === "open" && lost) hint(null);
        lost = state === "lost";
      },
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
}
