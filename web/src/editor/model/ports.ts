/** Ports of a node: by what it leaves, and which of its params are shown to be wired. */
import type { NodeOut, ShapeOut } from "@/api";

import type { NodeDocument } from "../contracts";
import { colouring, takers, type Kind } from "./kinds";
import { isRecord } from "./paths";

export interface Port {
  /** Of the handle: `in`, `out`, `p:items`, `o:rows`. */
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly kinds: readonly Kind[];
  readonly colour: Kind;
  /** A way out that is taken or not, as the branches of an `if`. */
  readonly branch: boolean;
}

export interface Ports {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

const MOST = 6;

/** The ports of a node as it stands. `used` are the params that a wire leads to. */
export function portsOf(
  node: NodeDocument,
  facts: NodeOut | undefined,
  shape: ShapeOut | undefined,
  used: ReadonlySet<string>,
): Ports {
  return { inputs: inputsOf(node, shape, used), outputs: outputsOf(node, facts, shape) };
}

/** Params that must be given or are wired; of a node with none of these, those that are likeliest to be wired. */
function inputsOf(node: NodeDocument, shape: ShapeOut | undefined, used: ReadonlySet<string>): Port[] {
  const all = takers(shape);
  const set = (name: string): boolean => node.params?.[name] !== undefined;
  const wanted = all.filter((one) => used.has(one.name) || (one.required && (!set(one.name) || isData(one.kinds))));
  const extra = [...used].filter((name) => !all.some((one) => one.name === name));
  const made: Port[] = wanted.map((one) => port("p", one.name, one.label, one.kinds));
  return [...made, ...extra.map((name) => port("p", name, name, ["any"]))].slice(0, MOST);
}

function isData(kinds: readonly Kind[]): boolean {
  return kinds.some((one) => one === "list" || one === "table" || one === "file" || one === "object");
}

function outputsOf(node: NodeDocument, facts: NodeOut | undefined, shape: ShapeOut | undefined): Port[] {
  const branches = branchesOf(node, facts);
  if (node.on_error === "route") branches.push("error");
  const ways = branches.map((name) => ({ ...port("o", name, name, ["any"]), branch: true }));
  // What a branch gives is wired from the branch; its outputs would only double it.
  const values = (facts?.ports?.length ?? 0) > 0 ? [] : (shape?.outputs ?? []);
  return [...values.map((one) => port("o", one.name, one.label, one.kinds)), ...ways].slice(0, MOST * 2);
}

/** Ways out: those of the type, and those that the params of a switch name. */
export function branchesOf(node: NodeDocument, facts: NodeOut | undefined): string[] {
  const fixed = [...(facts?.ports ?? [])];
  if (facts?.open_ports !== true) return fixed;
  const cases: unknown = node.params?.cases;
  const named = isRecord(cases)
    ? Object.keys(cases)
    : Array.isArray(cases)
      ? cases.flatMap((one) => (isRecord(one) && typeof one.port === "string" ? [one.port] : []))
      : [];
  return [...named.filter((one) => !fixed.includes(one)), ...fixed];
}

function port(side: "p" | "o", name: string, label: string, kinds: readonly Kind[]): Port {
  return { id: `${side}:${name}`, name, label, kinds, colour: colouring(kinds), branch: false };
}

/** The name of a port within a handle's id; null for the plain way in or out. */
export function portName(handle: string | null | undefined): string | null {
  return handle == null || !handle.includes(":") ? null : handle.slice(2);
}
