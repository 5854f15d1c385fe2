/** What a piece of a value is: members that are large stand there only with their kind and size. */
import type { Json } from "@/editor/contracts";
import { isRecord } from "@/editor/model/paths";

export type Kind = "object" | "list" | "text" | "number" | "boolean" | "null" | "file" | "table" | "items" | "masked";

export interface Described {
  readonly kind: Kind;
  /** Entries, or characters of a text; null where it has none. */
  readonly size: number | null;
  /** Whether it stands there whole. */
  readonly whole: boolean;
}

export interface FileFacts {
  readonly name: string;
  readonly size: number | null;
  readonly mediaType: string;
}

export interface TableFacts {
  readonly rows: number | null;
  readonly columns: ReadonlyArray<readonly [string, string]>;
}

/** What stands in place of what may not be seen. */
export const MASK = "•••";

/** What a value is, as it came. */
export function describe(value: unknown): Described {
  if (value === null || value === undefined) return { kind: "null", size: null, whole: true };
  if (value === MASK) return { kind: "masked", size: null, whole: true };
  if (typeof value === "string") return { kind: "text", size: value.length, whole: true };
  if (typeof value === "number" || typeof value === "bigint") return { kind: "number", size: null, whole: true };
  if (typeof value === "boolean") return { kind: "boolean", size: null, whole: true };
  if (Array.isArray(value)) return { kind: "list", size: value.length, whole: true };
  return isRecord(value) ? describeObject(value) : { kind: "null", size: null, whole: true };
}

function describeObject(value: { readonly [key: string]: unknown }): Described {
  const more = only(value, "$more");
  if (more !== null) return { kind: kindOf(more.kind), size: numberOf(more.size), whole: false };
  if (only(value, "$file") !== null) return { kind: "file", size: null, whole: true };
  const table = only(value, "$table");
  if (table !== null) return { kind: "table", size: numberOf(table.rows), whole: true };
  const items = only(value, "$items");
  if (items !== null) return { kind: "list", size: numberOf(items.count), whole: false };
  return { kind: "object", size: Object.keys(value).length, whole: true };
}

/** The content of `{"$file": …}` and the like; null for any other value. */
function only(value: { readonly [key: string]: unknown }, key: string): { readonly [key: string]: unknown } | null {
  const inner = value[key];
  return isRecord(inner) && Object.keys(value).length === 1 ? inner : null;
}

function kindOf(value: unknown): Kind {
  return value === "object" || value === "list" || value === "text" ? value : "object";
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

export function fileOf(value: unknown): FileFacts | null {
  const found = isRecord(value) ? only(value, "$file") : null;
  if (found === null) return null;
  return {
    name: typeof found.name === "string" ? found.name : "",
    size: numberOf(found.size),
    mediaType: typeof found.media_type === "string" ? found.media_type : "",
  };
}

export function tableOf(value: unknown): TableFacts | null {
  const found = isRecord(value) ? only(value, "$table") : null;
  if (found === null) return null;
  const columns = isRecord(found.columns) ? Object.entries(found.columns) : [];
  return { rows: numberOf(found.rows), columns: columns.map(([name, type]) => [name, String(type)] as const) };
}

export function isImage(file: FileFacts): boolean {
  return ["image/png", "image/jpeg", "image/gif", "image/webp"].includes(file.mediaType.split(";")[0]?.trim() ?? "");
}

/** Whether it opens: objects and lists with something in them. */
export function opens(described: Described): boolean {
  return (described.kind === "object" || described.kind === "list") && (described.size ?? 0) > 0;
}

/** Entries of a value that stands there whole. */
export function entriesOf(value: unknown): [string, Json][] {
  if (Array.isArray(value)) return value.map((one: Json, at) => [String(at), one]);
  return isRecord(value) ? (Object.entries(value) as [string, Json][]) : [];
}
