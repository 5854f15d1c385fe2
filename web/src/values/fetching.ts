/** Where parts of values come from: outputs and inputs from the API. */
import { api, isProblem } from "@/api";
import type { Json, ValueAddress, WorkflowDocument } from "@/editor/contracts";
import { everyNode, idOf, isRecord } from "@/editor/model/paths";

import { nameOf, runPath, type Place } from "./address";
import { entriesOf } from "./kinds";
import type { Fetch, Part } from "./source";

/** What gives the parts of the value at an address. */
export function fetchOf(address: ValueAddress, reveal: boolean): Fetch {
  return address.part === "input" ? inputOf(address) : outputOf(address, reveal);
}

function outputOf(address: ValueAddress, reveal: boolean): Fetch {
  const path = runPath(address.node, address.item);
  return async (place, offset, limit, signal) => {
    const { data } = await api.showValue({
      path: { execution: address.execution },
      query: { path, at: [...place], offset, limit, ...(reveal ? { reveal } : {}) },
      signal,
    });
    return data;
  };
}

/** The params of a node with its expressions worked out on the data of the execution. */
function inputOf(address: ValueAddress): Fetch {
  let found: Promise<Part> | null = null;
  let isRecorded = true;
  return async (place, offset, limit, signal) => {
    if (isRecorded) {
      const part = await recorded(address, place, offset, limit, signal);
      if (part !== null) return part;
      isRecorded = false;
    }
    found ??= worked(address, signal);
    const root = await found;
    let here: unknown = root.value;
    for (const key of place) here = Array.isArray(here) ? here[Number(key)] : isRecord(here) ? here[key] : null;
    return place.length === 0 ? root : partOf(here, offset);
  };
}

function partOf(value: unknown, offset: number): Part {
  const entries = entriesOf(value);
  const kind = Array.isArray(value) ? "list" : "object";
  const rest = entries.slice(offset);
  return { kind, size: entries.length, offset, value: Array.isArray(value) ? rest.map(([, one]) => one) : Object.fromEntries(rest) };
}

/** The input as it was recorded: at breakpoints, and before what is sent. Null where it was not. */
async function recorded(address: ValueAddress, place: Place, offset: number, limit: number, signal: AbortSignal): Promise<Part | null> {
  const path = runPath(address.node, address.item);
  try {
    return (await api.showValue({ path: { execution: address.execution }, query: { path, part: "input", at: [...place], offset, limit }, signal })).data;
  } catch (error) {
    if (isProblem(error) && error.status === 404) return null;
    throw error;
  }
}

/** The input worked out again, on what the execution recorded. */
async function worked(address: ValueAddress, signal: AbortSignal): Promise<Part> {
  const path = { execution: address.execution };
  const [detail, document] = await Promise.all([api.showExecution({ path, signal }), api.showDocument({ path, signal })]);
  const id = nameOf(address.node);
  const known = [...everyNode(document.data as unknown as WorkflowDocument)].find(([name]) => idOf(name) === id);
  const params: Record<string, Json> = known?.[1].params ?? {};
  const names = Object.keys(params);
  if (names.length === 0) return { kind: "object", size: 0, offset: 0, value: {} };
  const { data } = await api.previewExpressions({
    body: {
      workflow: detail.data.workflow_id, node: known?.[0] ?? id, execution: address.execution, pinned: false,
      indices: indicesIn(address),
      expressions: names.slice(0, 50).map((name) => ({ value: params[name], param: name })),
    },
    signal,
  });
  const values = names.map((name, at) => [name, shownOf(params[name], data.items[at])] as const);
  return { kind: "object", size: values.length, offset: 0, value: Object.fromEntries(values) };
}

/** What a param came to; what is written there where that could not be told. */
function shownOf(written: unknown, found: { value: { value: unknown; kind: string; size: number | null } | null } | undefined): unknown {
  const value = found?.value ?? null;
  if (value === null) return written;
  const entries = entriesOf(value.value).length;
  const cut = (value.kind === "list" || value.kind === "object") && value.size !== null && value.size > entries;
  return cut && entries === 0 ? { $more: { kind: value.kind, size: value.size } } : value.value;
}

function indicesIn(address: ValueAddress): number[] {
  const found = [...address.node.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));
  return found.length === 0 && address.item !== undefined ? [address.item] : found;
}

/** Where a file among the values is downloaded, or shown where it is a picture. */
export function fileAddress(address: ValueAddress, place: Place, reveal: boolean): string {
  const query = new URLSearchParams({ path: runPath(address.node, address.item) });
  for (const key of place) query.append("at", key);
  if (reveal) query.set("reveal", "true");
  return `/api/v1/executions/${encodeURIComponent(address.execution)}/files?${query.toString()}`;
}
