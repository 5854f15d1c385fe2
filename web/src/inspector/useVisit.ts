/** A value while somebody is in its field: kept here, and carried out as one step when the field is left. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Json } from "@/editor/contracts";
import { useLatest } from "@/shared/useLatest";
import { same } from "./form/layout";

export interface Visit {
  readonly value: Json | undefined;
  /** Take a value; it is carried out when the field is left. */
  change(value: Json | undefined): void;
  /** Take a value and carry it out at once. */
  put(value: Json | undefined): void;
  /** Carry out what was taken. */
  leave(): void;
}

type Taken = { readonly value: Json | undefined } | null;

export function useVisit(stored: Json | undefined, carry: (value: Json | undefined) => void): Visit {
  const [draft, setDraft] = useState<Taken>(null);
  const taken = useRef<Taken>(null);
  const latest = useLatest({ stored, carry });
  const acts = useMemo(() => {
    const change = (value: Json | undefined): void => {
      taken.current = { value };
      setDraft(taken.current);
    };
    const leave = (): void => {
      const { current } = taken;
      if (current === null) return;
      taken.current = null;
      setDraft(null);
      if (!same(current.value, latest.current.stored)) latest.current.carry(current.value);
    };
    const put = (value: Json | undefined): void => {
      change(value);
      leave();
    };
    return { change, leave, put };
  }, [latest]);
  useLeaving(acts.leave, draft !== null);
  return { value: draft === null ? stored : draft.value, ...acts };
}

/** A field is left too where the page is hidden, where it goes away, and before a shortcut of the editor. */
function useLeaving(leave: () => void, taken: boolean): void {
  useEffect(() => leave, [leave]);
  const key = useCallback(
    (event: KeyboardEvent): void => {
      // Undo, copy and the like belong to the field; run, save and the like to the editor, which must see what was typed.
      if ((event.ctrlKey || event.metaKey) && /^(enter|s|k|p)$/i.test(event.key)) leave();
    },
    [leave],
  );
  useEffect(() => {
    if (!taken) return undefined;
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", leave);
    window.addEventListener("keydown", key, true);
    return () => {
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", leave);
      window.removeEventListener("keydown", key, true);
    };
  }, [leave, key, taken]);
}
