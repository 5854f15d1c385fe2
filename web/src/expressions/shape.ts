/** What is known of data: from a run, or from the schema of what gives it. */
import type { Json } from "@/editor/contracts";

export type Kind = "object" | "list" | "text" | "number" | "boolean" | "null" | "file" | "table" | "any";

export interface Shape {
  readonly kind: Kind;
  /** Of an object. */
  readonly keys?: Readonly<Record<string, Shape>>;
  /** Of a list. */
  readonly item?: Shape;
  /** What it looks like. */
  readonly sample?: string;
  readonly help?: string;
}

export const ANY: Shape = { kind: "any" };
const DEEP = 12;
const ITEMS_LOOKED_AT = 20;

/** The shape of a value. Of a list, its first items are looked at together. */
export function shapeOf(value: Json | undefined, depth = 0): Shape {
  if (value === undefined || depth > DEEP) return ANY;
  if (value === null) return { kind: "null", sample: "null" };
  if (Array.isArray(value)) {
    const items = value.slice(0, ITEMS_LOOKED_AT).map((one) => shapeOf(one, depth + 1));
    return { kind: "list", item: items.reduce<Shape>(joined, ANY), sample: `[${value.length}]` };
  }
  if (typeof value === "object") {
    const more = value["$more"];
    if (typeof more === "object" && more !== null && !Array.isArray(more)) return cut(more);
    const keys = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one, depth + 1)]));
    return { kind: "object", keys };
  }
  const text = String(value);
  const kind = typeof value === "string" ? "text" : typeof value === "number" ? "number" : "boolean";
  return { kind, sample: text.length > 60 ? `${text.slice(0, 60)}…` : text };
}

/** What the API left out of a value: its kind is told. */
function cut(more: { [key: string]: Json }): Shape {
  const kind = more["kind"];
  return kind === "items" ? { kind: "list" } : { kind: isKind(kind) ? kind : "any" };
}

function isKind(kind: unknown): kind is Kind {
  return typeof kind === "string" && ["object", "list", "text", "number", "boolean", "null", "file", "table"].includes(kind);
}

/** Two shapes of what stands at one place. */
export function joined(one: Shape, other: Shape): Shape {
  if (one.kind === "any" || one.kind === "null") return other;
  if (other.kind === "any" || other.kind === "null") return one;
  if (one.kind !== other.kind) return ANY;
  if (one.kind === "list") return { ...one, item: joined(one.item ?? ANY, other.item ?? ANY) };
  if (one.kind !== "object") return one;
  const keys: Record<string, Shape> = { ...one.keys };
  for (const [key, shape] of Object.entries(other.keys ?? {})) keys[key] = joined(keys[key] ?? ANY, shape);
  return { ...one, keys };
}

type Schema = Readonly<Record<string, unknown>>;

/** The shape that a JSON Schema tells of. */
export function shapeOfSchema(schema: unknown, root: Schema = asSchema(schema), depth = 0): Shape {
  const one = asSchema(schema);
  if (depth > DEEP) return ANY;
  const help = typeof one["description"] === "string" ? { help: one["description"] } : {};
  const reference = one["$ref"];
  if (typeof reference === "string") return shapeOfSchema(followed(reference, root), root, depth + 1);
  const special = one["x-studio"];
  if (special === "file" || special === "table") return { kind: special, ...help };
  const choices = [one["anyOf"], one["oneOf"]].find(Array.isArray) as unknown[] | undefined;
  if (choices !== undefined) {
    return { ...choices.map((choice) => shapeOfSchema(choice, root, depth + 1)).reduce(joined, ANY), ...help };
  }
  const type = Array.isArray(one["type"]) ? one["type"].find((name) => name !== "null") : one["type"];
  if (type === "object" || one["properties"] !== undefined) {
    const keys = Object.entries(asSchema(one["properties"])).map(([key, inner]) => [key, shapeOfSchema(inner, root, depth + 1)]);
    return { kind: "object", keys: Object.fromEntries(keys) as Record<string, Shape>, ...help };
  }
  if (type === "array") return { kind: "list", item: shapeOfSchema(one["items"] ?? {}, root, depth + 1), ...help };
  return { kind: KINDS[String(type)] ?? "any", ...help };
}

const KINDS: Record<string, Kind> = { string: "text", integer: "number", number: "number", boolean: "boolean", null: "null" };

function asSchema(value: unknown): Schema {
  return typeof value === "object" && value !== null ? (value as Schema) : {};
}

function followed(reference: string, root: Schema): unknown {
  return reference.replace(/^#\//, "").split("/").reduce<unknown>((here, key) => asSchema(here)[key], root);
}
