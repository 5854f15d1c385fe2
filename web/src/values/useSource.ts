/** The source of a value as long as it is shown. */
import { useEffect, useMemo, useSyncExternalStore } from "react";

import type { ValueAddress } from "@/editor/contracts";

import { fetchOf } from "./fetching";
import { ValueSource } from "./source";

export interface Watched {
  readonly source: ValueSource;
  /** Changes whenever something has come; what is drawn from the source depends on it. */
  readonly version: number;
}

/** @param stamp Anything that says that the value may have become another: the state of the node run, say. */
export function useSource(address: ValueAddress, reveal: boolean, stamp?: unknown): Watched {
  const { execution, node, part, item } = address;
  const source = useMemo(
    () => new ValueSource(fetchOf({ execution, node, part, ...(item === undefined ? {} : { item }) }, reveal)),
    // What came for an earlier state of the node is no longer true.
    // oxlint-disable-next-line react/exhaustive-deps
    [execution, node, part, item, reveal, stamp],
  );
  useEffect(() => () => source.close(), [source]);
  const version = useSyncExternalStore(source.subscribe, source.version);
  return { source, version };
}
