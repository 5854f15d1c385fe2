/** Wires: whether one may be drawn, what it does to the document, and how it heals. */
import type { Level, LevelDocument, NodeDocument, NodePath, Operation, WorkflowDocument } from "../contracts";
import { edgesOf, reaches, writeEdge } from "./edges";
import { implied } from "./implied";
import { fits, takers, type Catalogue, type Kind, type Shapes } from "./kinds";
import { idOf, levelAt, levelOf, nodeAt, nodeKeys, nodesOf } from "./paths";
import { branchesOf } from "./ports";
import { expressionsIn, referencesIn } from "./references";

export interface World {
  readonly document: WorkflowDocument;
  readonly catalogue: Catalogue;
  readonly shapes: Shapes;
}

/** An end of a wire: a node, and its port or param; null for the plain way out or in. */
export interface End {
  readonly node: NodePath;
  readonly port: string | null;
}

export type Refusal =
  | { readonly why: "itself" | "loop" | "trigger" | "level" | "exists" | "slot" }
  | { readonly why: "kind"; readonly given: Kind; readonly wanted: Kind };

/** What an output or branch of a node carries. */
export function given(world: World, { node, port }: End): readonly Kind[] {
  const document = nodeAt(world.document, node);
  const shape = world.shapes.get(document?.type ?? "");
  if (document === undefined || shape === undefined) return ["any"];
  if (port !== null) return shape.outputs.find((one) => one.name === port)?.kinds ?? ["any"];
  return shape.outputs.flatMap((one) => [...one.kinds]);
}

/** What a param takes. */
export function wanted(world: World, { node, port }: End): readonly Kind[] {
  const shape = world.shapes.get(nodeAt(world.document, node)?.type ?? "");
  return shape?.params.find((one) => one.name === port)?.kinds ?? ["any"];
}

/** Why a wire may not be drawn; null where it may. */
export function refusal(world: World, from: End, to: End): Refusal | null {
  if (from.node === to.node) return { why: "itself" };
  if (from.node.includes(".slots.") || to.node.includes(".slots.")) return { why: "slot" };
  const level = levelOf(from.node);
  if (level !== levelOf(to.node)) return { why: "level" };
  if (world.catalogue.get(nodeAt(world.document, to.node)?.type ?? "")?.kind === "trigger") return { why: "trigger" };
  const [source, target] = [idOf(from.node), idOf(to.node)];
  const found = levelAt(world.document, level);
  if (reaches(everyWire(found), target, source)) return { why: "loop" };
  const edge = { source, port: from.port, target, param: to.port };
  if (edgesOf(found).some((one) => one.written === writeEdge(edge))) return { why: "exists" };
  if (to.port === null || isBranch(world, from)) return null;
  const [one, other] = [given(world, from), wanted(world, to)];
  return fits(one, other) === 0 ? { why: "kind", given: one[0] ?? "any", wanted: other[0] ?? "any" } : null;
}

function everyWire(level: LevelDocument | undefined): { source: string; target: string }[] {
  return [...edgesOf(level).map((one) => one.edge), ...implied(level)];
}

function isBranch(world: World, { node, port }: End): boolean {
  const document = nodeAt(world.document, node);
  if (document === undefined || port === null) return false;
  return port === "error" || branchesOf(document, world.catalogue.get(document.type)).includes(port);
}

/** What draws a wire: a reference in the param, a listed edge for a branch or for pure order. */
export function connecting(world: World, from: End, to: End): Operation[] {
  const level = levelOf(from.node);
  const source = idOf(from.node);
  const target = idOf(to.node);
  const branch = isBranch(world, from);
  const param = to.port ?? (branch ? null : bestParam(world, from, to.node));
  if (param === null || branch) {
    return [{ op: "add_edge", edge: writeEdge({ source, port: branch ? from.port : null, target, param: to.port }), graph: level }];
  }
  const output = from.port ?? bestOutput(world, from, { node: to.node, port: param });
  const read = output === null ? source : `${source}.${output}`;
  return [{ op: "set", path: [...nodeKeys(to.node), "params", param], value: `{{ ${read} }}` }];
}

/** The param that a wire dropped on a node is meant for: one that must be given, is not yet, and fits best. */
export function bestParam(world: World, from: End, target: NodePath): string | null {
  const node = nodeAt(world.document, target);
  return node === undefined ? null : bestParamOf(world.shapes, node, outputsOf(world, from));
}

export function bestParamOf(shapes: Shapes, node: NodeDocument, kinds: readonly (readonly Kind[])[]): string | null {
  const free = takers(shapes.get(node.type)).filter((one) => node.params?.[one.name] === undefined);
  let best: { name: string; score: number } | null = null;
  for (const one of free) {
    const fit = Math.max(0, ...kinds.map((given_) => fits(given_, one.kinds)));
    if (fit === 0 || (!one.required && fit < 3)) continue;
    const score = fit + (one.required ? 4 : 0);
    if (best === null || score > best.score) best = { name: one.name, score };
  }
  return best?.name ?? null;
}

function outputsOf(world: World, from: End): readonly (readonly Kind[])[] {
  if (from.port !== null) return [given(world, from)];
  const shape = world.shapes.get(nodeAt(world.document, from.node)?.type ?? "");
  const outputs = (shape?.outputs ?? []).map((one) => one.kinds);
  return outputs.length === 0 ? [["any"]] : outputs;
}

/** The output of a node that fits a param best; null for the whole output. */
export function bestOutput(world: World, from: End, to: End): string | null {
  const shape = world.shapes.get(nodeAt(world.document, from.node)?.type ?? "");
  const takes = wanted(world, to);
  let best: { name: string; score: number } | null = null;
  for (const one of shape?.outputs ?? []) {
    const score = fits(one.kinds, takes);
    if (score > 0 && (best === null || score > best.score)) best = { name: one.name, score };
  }
  return best?.name ?? null;
}

/** What takes a wire away: the edge, or the reference where it is all that the param says. Null where it says more. */
export function cutting(
  world: World,
  wire: { level: Level; target: NodePath; written: string | null; param: string | null; key: string | null; source: NodePath },
): Operation[] | null {
  if (wire.written !== null) return [{ op: "remove_edge", edge: wire.written, graph: wire.level }];
  if (wire.param === null) return null;
  const value = nodeAt(world.document, wire.target)?.params?.[wire.param];
  const reads = referencesIn(value).filter((one) => one.node === idOf(wire.source));
  if (!isWhole(value) || reads.length !== 1) return null;
  return [{ op: "remove", path: [...nodeKeys(wire.target), "params", wire.param], prune: 1 }];
}

/** Whether a value is one expression and nothing around it. */
export function isWhole(value: unknown): value is string {
  if (typeof value !== "string") return false;
  const plain = value.trim();
  const [first, ...more] = expressionsIn(plain);
  return first !== undefined && more.length === 0 && plain.length === first.length + 4 && plain.startsWith("{{");
}

/** The nodes of a level that a node reads or follows, and those that read or follow it. */
export function neighbours(document: WorkflowDocument, node: NodePath): { before: string[]; after: string[] } {
  const level = levelAt(document, levelOf(node));
  const id = idOf(node);
  const wires = everyWire(level);
  return {
    before: unique(wires.filter((one) => one.target === id).map((one) => one.source)),
    after: unique(wires.filter((one) => one.source === id).map((one) => one.target)),
  };
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}

export function idsOf(document: WorkflowDocument, level: Level): string[] {
  return nodesOf(levelAt(document, level)).map(([id]) => id);
}
