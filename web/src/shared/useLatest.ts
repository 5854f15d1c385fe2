import { useLayoutEffect, useRef } from "react";

/** What a value is now, for what happens later: handlers that outlive a drawing. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useLayoutEffect(() => {
    latest.current = value;
  });
  return latest;
}
