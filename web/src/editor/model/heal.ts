/** Taking nodes out and putting them in, so that what was wired stays wired. */
import type { NodeDocument, NodePath, Operation, WorkflowDocument } from "../contracts";
import { perform } from "./apply";
import { bestParamOf, isWhole, type World } from "./connect";
import { edgesOf, writeEdge } from "./edges";
import { readsOf } from "./implied";
import { fits } from "./kinds";
import { everyNode, idOf, levelAt, levelOf, nodeAt, nodeKeys, nodesOf } from "./paths";
import { expressionsIn, namesIn } from "./references";

/** A reference that reads what is not there any more. */
export interface Broken {
  readonly node: NodePath;
  readonly param: string | null;
  readonly reads: string;
}

export interface Removal {
  readonly operations: Operation[];
  readonly broken: Broken[];
}

/** Remove nodes, the wires around each healed where what goes through fits. */
export function removing(world: World, nodes: readonly NodePath[]): Removal {
  const roots = nodes.filter((one) => !nodes.some((other) => one !== other && one.startsWith(`${other}.`)));
  const operations: Operation[] = [];
  let now = world;
  for (const path of roots) {
    const slot = slotOperation(now.document, path);
    const made = slot ?? [...healing(now, path), { op: "remove_node", node: path } as const];
    operations.push(...made);
    now = { ...now, document: made.reduce(perform, now.document) };
  }
  const gone = new Set(roots.map(idOf));
  return { operations, broken: brokenIn(now.document, gone) };
}

/** Whoever sits in a slot is part of the node around it. */
function slotOperation(document: WorkflowDocument, path: NodePath): Operation[] | null {
  const at = path.lastIndexOf(".slots.");
  if (at < 0) return null;
  const [host, [slot = "", id = ""]] = [path.slice(0, at), path.slice(at + 7).split(".")];
  const held: unknown = nodeAt(document, host)?.slots?.[slot];
  const keys = [...nodeKeys(host), "slots", slot];
  if (!Array.isArray(held)) return [{ op: "remove", path: keys, prune: 1 }];
  const left = held.filter((one: { id?: string }) => one.id !== id);
  return left.length === 0 ? [{ op: "remove", path: keys, prune: 1 }] : [{ op: "set", path: keys, value: left }];
}

function healing(world: World, path: NodePath): Operation[] {
  return [...edgesHealed(world, path), ...readsHealed(world, path)];
}

/** Whoever led to the node leads to whom it led to. */
function edgesHealed(world: World, path: NodePath): Operation[] {
  const [level, id] = [levelOf(path), idOf(path)];
  const edges = edgesOf(levelAt(world.document, level)).map((one) => one.edge);
  const into = edges.filter((one) => one.target === id);
  const out = edges.filter((one) => one.source === id && one.port !== "error");
  return into.flatMap((from) =>
    out.map((to): Operation => {
      const edge = { source: from.source, port: from.port, target: to.target, param: to.param };
      return { op: "add_edge", edge: writeEdge(edge), graph: level };
    }),
  );
}

/** A param that reads the node alone reads what the node has read, where that fits. */
function readsHealed(world: World, path: NodePath): Operation[] {
  const [level, id] = [levelOf(path), idOf(path)];
  const through = passedThrough(world, path);
  if (through === null) return [];
  return nodesOf(levelAt(world.document, level)).flatMap(([other, node]) =>
    Object.entries(node.params ?? {}).flatMap(([param, value]): Operation[] => {
      if (other === id || !isWhole(value) || !readsOnly(value, id)) return [];
      const takes = world.shapes.get(node.type)?.params.find((one) => one.name === param)?.kinds ?? ["any"];
      if (fits(through.kinds, takes) === 0) return [];
      const target = level === "" ? other : `${level}.${other}`;
      return [{ op: "set", path: [...nodeKeys(target), "params", param], value: through.value }];
    }),
  );
}

function readsOnly(value: string, id: string): boolean {
  const [expression = ""] = expressionsIn(value);
  // Exactly an output of the node: anything longer reads a part that only it has.
  return new RegExp(`^\\s*${id}(\\.[A-Za-z_]\\w*)?\\s*$`).test(expression);
}

/** What a node takes from upstream in its main param. */
function passedThrough(world: World, path: NodePath) {
  const node = nodeAt(world.document, path);
  const shape = world.shapes.get(node?.type ?? "");
  for (const one of shape?.params ?? []) {
    const value = node?.params?.[one.name];
    if (!one.per_item && isWhole(value) && readsAny(value)) return { value, kinds: one.kinds };
  }
  return null;
}

function readsAny(value: string): boolean {
  return expressionsIn(value).flatMap(namesIn).length > 0;
}

/** What still reads nodes that are gone. */
export function brokenIn(document: WorkflowDocument, gone: ReadonlySet<string>): Broken[] {
  return [...everyNode(document)].flatMap(([path, node]) =>
    readsOf(node).filter((one) => gone.has(one.node)).map((one) => ({ node: path, param: one.param, reads: one.node })),
  );
}

export interface Wire {
  readonly source: NodePath;
  readonly target: NodePath;
  readonly written: string | null;
  readonly param: string | null;
  readonly key: string | null;
}

/** Put a node into a wire: what went from one end to the other goes through it. */
export function inserting(world: World, wire: Wire, path: NodePath, node: NodeDocument): Operation[] {
  const level = levelOf(wire.target);
  const [source, target, id] = [idOf(wire.source), idOf(wire.target), idOf(path)];
  if (wire.written !== null) {
    return [
      { op: "remove_edge", edge: wire.written, graph: level },
      { op: "add_edge", edge: writeEdge({ source, port: wire.key, target: id, param: null }), graph: level },
      { op: "add_edge", edge: writeEdge({ source: id, port: null, target, param: wire.param }), graph: level },
    ];
  }
  return [...readThrough(world, wire, path, node, id)];
}

/** A reference goes through the new node: it reads what was read, and is read in its place. */
function readThrough(world: World, wire: Wire, path: NodePath, node: NodeDocument, id: string): Operation[] {
  if (wire.param === null) return [];
  const reader = nodeAt(world.document, wire.target);
  const value = reader?.params?.[wire.param];
  const shape = world.shapes.get(node.type);
  const from = world.shapes.get(nodeAt(world.document, wire.source)?.type ?? "");
  const carried = from?.outputs.find((one) => one.name === wire.key)?.kinds ?? ["any"];
  const param = bestParamOf(world.shapes, node, [carried]);
  if (!isWhole(value) || param === null || reader === undefined) return [];
  const takes = world.shapes.get(reader.type)?.params.find((one) => one.name === wire.param)?.kinds ?? ["any"];
  const output = [...(shape?.outputs ?? [])].sort((one, other) => fits(other.kinds, takes) - fits(one.kinds, takes))[0];
  if (output !== undefined && fits(output.kinds, takes) === 0) return [];
  return [
    { op: "set", path: [...nodeKeys(path), "params", param], value },
    { op: "set", path: [...nodeKeys(wire.target), "params", wire.param], value: `{{ ${id}${output ? `.${output.name}` : ""} }}` },
  ];
}
