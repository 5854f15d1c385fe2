/** What can stand at a place of an expression: names in scope, keys of data, functions. */
import type { FunctionOut } from "@/api";
import { pathSource } from "./path";
import { ANY, type Shape } from "./shape";

export interface Name {
  readonly name: string;
  readonly kind: string;
  readonly title: string;
  readonly optional: boolean;
  readonly shape: Shape;
}

export interface Suggestion {
  readonly label: string;
  readonly kind: "node" | "name" | "key" | "function" | "method";
  readonly detail: string;
  readonly help: string;
  /** What is written, `from` what it replaces. */
  readonly apply: string;
  readonly from: number;
  /** How far before its end the caret goes. */
  readonly back: number;
  readonly boost: number;
  readonly fn?: FunctionOut;
}

export type Wanted =
  | { kind: "name"; from: number }
  | { kind: "key"; from: number; start: number; holder: string[] | null; quote: string };

const PATH = /([A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\s*(?:\d+|-\d+|'[^'\n]*'|"[^"\n]*")\s*\])*)$/;

/** What is being written at a place of an expression's source; null inside a text. */
export function wantedAt(source: string, at: number): Wanted | null {
  const before = source.slice(0, at);
  const bracket = /^(.*?)\[\s*(['"])([^'"\n]*)$/s.exec(before);
  if (bracket !== null && !inText(bracket[1] ?? "")) {
    const holder = PATH.exec(bracket[1] ?? "");
    if (holder === null) return null;
    const from = at - (bracket[3] ?? "").length;
    return { kind: "key", from, start: holder.index, holder: pathOf(holder[0]), quote: bracket[2] ?? "'" };
  }
  if (inText(before)) return null;
  const word = /[A-Za-z_]?\w*$/.exec(before)?.[0] ?? "";
  const from = at - word.length;
  const rest = before.slice(0, from);
  if (!rest.endsWith(".") || /(^|[^\w\])])\d+\.$/.test(rest)) return /^\d/.test(word) ? null : { kind: "name", from };
  const holder = PATH.exec(rest.slice(0, -1));
  if (holder === null) return { kind: "key", from, start: from, holder: null, quote: "" };
  return { kind: "key", from, start: holder.index, holder: pathOf(holder[0]), quote: "" };
}

/** Whether quotes stand open at the end of a source. */
function inText(source: string): boolean {
  let quote = "";
  for (let at = 0; at < source.length; at += 1) {
    const sign = source.charAt(at);
    if (quote === "") quote = sign === "'" || sign === '"' ? sign : "";
    else if (sign === "\\") at += 1;
    else if (sign === quote) quote = "";
  }
  return quote !== "";
}

/** `load.data[0]['x']` as `["load", "data", "0", "x"]`. */
export function pathOf(source: string): string[] {
  const parts = source.matchAll(/([A-Za-z_]\w*)|\[\s*(-?\d+)\s*\]|\[\s*'([^']*)'\s*\]|\[\s*"([^"]*)"\s*\]/g);
  return [...parts].map((found) => found[1] ?? found[2]?.replace("-", "") ?? found[3] ?? found[4] ?? "");
}

/** The shape at a path, as far as names in scope and names bound inside the expression tell. */
export function shapeAt(path: readonly string[], names: readonly Name[], source = "", depth = 0): Shape {
  const [root = "", ...rest] = path;
  const bound = depth < 4 ? boundTo(root, source) : null;
  const first = bound === null ? names.find((one) => one.name === root)?.shape : itemOf(shapeAt(bound, names, source, depth + 1));
  return rest.reduce<Shape>((here, key) => (here.kind === "list" && /^\d+$/.test(key) ? itemOf(here) : (here.keys?.[key] ?? ANY)), first ?? ANY);
}

function itemOf(shape: Shape): Shape {
  return shape.item ?? ANY;
}

const LIST = String.raw`([A-Za-z_][\w.\[\]'"-]*)`;

/** The list whose items a name stands for: in `for x in load.data`, or in `sorted(load.data, key=lambda x: …)`. */
function boundTo(name: string, source: string): string[] | null {
  if (!/^\w+$/.test(name)) return null;
  const loop = new RegExp(String.raw`\bfor\s+${name}\s+in\s+${LIST}`).exec(source);
  const lambda = new RegExp(String.raw`\(\s*${LIST}\s*,[^()]*\blambda\s+${name}\b`).exec(source);
  const list = loop?.[1] ?? lambda?.[1];
  return list === undefined ? null : pathOf(list);
}

/** Everything that fits at a place, best first. */
export function suggestionsAt(source: string, at: number, names: readonly Name[], functions: readonly FunctionOut[]): Suggestion[] {
  const wanted = wantedAt(source, at);
  if (wanted === null) return [];
  if (wanted.kind === "name") return namesAt(wanted.from, source, names, functions);
  const holder = wanted.holder === null ? ANY : shapeAt(wanted.holder, names, source);
  const keys = keysOf(wanted, holder);
  return wanted.quote === "" ? [...keys, ...methodsOf(wanted.from, holder, functions)] : keys;
}

function namesAt(from: number, source: string, names: readonly Name[], functions: readonly FunctionOut[]): Suggestion[] {
  const bound = [...source.matchAll(/\b(?:for|lambda)\s+([A-Za-z_]\w*)/g)].map((found) => found[1] ?? "");
  const local = [...new Set(bound)].map((name) => plain(name, "name", from, 30, shapeAt([name], names, source)));
  const scope = names.map((one) => {
    const boost = one.kind === "item" || one.kind === "input" ? 20 : one.kind === "node" ? 15 : 10;
    return { ...plain(one.name, one.kind === "node" ? "node" : "name", from, boost, one.shape), help: one.title };
  });
  const library = functions.filter((one) => one.receiver === null).map((one) => called(one, "function", from, -10));
  return [...local, ...scope, ...library];
}

function plain(label: string, kind: Suggestion["kind"], from: number, boost: number, shape: Shape): Suggestion {
  return { label, kind, detail: typeOf(shape), help: shape.help ?? "", apply: label, from, back: 0, boost };
}

function called(fn: FunctionOut, kind: "function" | "method", from: number, boost: number): Suggestion {
  const takes = fn.params.length > 0;
  return { label: fn.name, kind, detail: fn.returns, help: fn.description, apply: `${fn.name}()`, from, back: takes ? 1 : 0, boost, fn };
}

function keysOf(wanted: Extract<Wanted, { kind: "key" }>, holder: Shape): Suggestion[] {
  if (holder.kind === "list" && wanted.holder !== null && wanted.quote === "") return keysOfItems(wanted.holder, wanted.start, itemOf(holder));
  return Object.entries(holder.keys ?? {}).map(([key, shape], place) => {
    const odd = wanted.quote === "" && !/^[A-Za-z_]\w*$/.test(key);
    const path = wanted.holder ?? [];
    return {
      ...plain(key, "key", odd ? wanted.start : wanted.from, 40 - Math.min(place, 30) / 10, shape),
      apply: wanted.quote !== "" ? `${key}${wanted.quote}]` : odd ? pathSource([...path, key]) : key,
    };
  });
}

/** A list has no keys: what is meant is that of its first item, or of all of them. */
function keysOfItems(path: readonly string[], from: number, item: Shape): Suggestion[] {
  const list = pathSource(path);
  return Object.entries(item.keys ?? {}).flatMap(([key, shape], place) => {
    const boost = 40 - Math.min(place, 30) / 10;
    return [
      { ...plain(`[0].${key}`, "key", from, boost, shape), apply: pathSource([...path, "0", key]) },
      { ...plain(`[].${key}`, "key", from, boost - 20, { kind: "list", item: shape }), apply: `[${pathSource(["x", key])} for x in ${list}]` },
    ];
  });
}

const RECEIVERS: Record<string, string[]> = { text: ["text"], list: ["list"], object: ["object"], number: [], boolean: [], null: [], file: [], table: [] };

function methodsOf(from: number, holder: Shape, functions: readonly FunctionOut[]): Suggestion[] {
  const receivers = RECEIVERS[holder.kind];
  return functions
    .filter((one) => one.receiver !== null && (receivers === undefined || receivers.includes(one.receiver)))
    .map((one) => called(one, "method", from, -20));
}

/** A shape in a few letters: `text`, `list[number]`. */
export function typeOf(shape: Shape): string {
  if (shape.kind !== "list") return shape.kind === "any" ? "" : shape.kind;
  const item = typeOf(itemOf(shape));
  return item === "" ? "list" : `list[${item}]`;
}
