/** What one can do to the graph. Each is one call of `apply`, so that each is one step to take back. */
import type { Json, NodeDocument, NodePath, Operation } from "../contracts";
import { perform } from "../model/apply";
import { clipOf, pasting, readClip, type Clip } from "../model/clip";
import { connecting, cutting, refusal, type End, type Refusal, type World } from "../model/connect";
import type { DrawnEdge } from "../model/graph";
import { inserting, removing, type Broken } from "../model/heal";
import { freshNodeId } from "../model/ids";
import { aligned, arranged, distributed, snapped, type Box, type Edge, type Point } from "../model/layout";
import { idOf, levelOf, nodeAt, nodeKeys, nodeOn, takenIds } from "../model/paths";
import { CARD, GRID } from "../model/sizes";
import { useEditor } from "../store";
import { drawing, placeOf, world } from "./drawing";
import type { Adding } from "./ui";

export interface NewNode {
  readonly type: string;
  readonly title?: string;
  readonly params?: Record<string, Json>;
}

/** Add a node where it was asked for, wired as it was asked for. Its name; null where nothing may be changed. */
export function addNode(made: NewNode, where: Adding): NodePath | null {
  const state = useEditor.getState();
  if (state.readOnly) return null;
  const id = freshNodeId(made.type, takenIds(state.document), made.title);
  const value = newDocument(made);
  if (where.slot !== undefined) return addToSlot(where.slot, id, value);
  const path = nodeOn(where.level, id);
  const at = freePlace(where.at ?? nextPlace(where), where.level);
  const first: Operation[] = [
    ...settled(where.level),
    { op: "add_node", node: path, value, positions: { [path]: [snapped(at[0]), snapped(at[1])] } },
  ];
  const then = wiring({ ...world(), document: first.reduce(perform, state.document) }, where, path, value);
  state.apply([...first, ...then]);
  state.select([path]);
  return path;
}

function newDocument({ type, title, params }: NewNode): NodeDocument {
  const bodies = useEditor.getState().catalogue.get(type)?.bodies ?? [];
  return {
    type,
    ...(title === undefined ? {} : { title }),
    ...(params === undefined ? {} : { params }),
    ...(bodies.includes("body") ? { body: { nodes: {} } } : {}),
  };
}

function wiring(now: World, where: Adding, path: NodePath, node: NodeDocument): Operation[] {
  if (where.wire !== undefined) return inserting(now, where.wire, path, node);
  if (where.from !== undefined) return wired(now, where.from, { node: path, port: null });
  if (where.to !== undefined) return wired(now, { node: path, port: null }, where.to);
  return [];
}

function wired(now: World, from: End, to: End): Operation[] {
  return refusal(now, from, to) === null ? connecting(now, from, to) : [];
}

function addToSlot(slot: { host: NodePath; name: string; many: boolean }, id: string, value: NodeDocument): NodePath {
  const state = useEditor.getState();
  const held: unknown = nodeAt(state.document, slot.host)?.slots?.[slot.name];
  const sitting: Json = { id, ...(value as unknown as { [key: string]: Json }) };
  const next: Json = slot.many ? [...(Array.isArray(held) ? (held as Json[]) : []), sitting] : sitting;
  state.apply([{ op: "set", path: [...nodeKeys(slot.host), "slots", slot.name], value: next }]);
  const path = `${slot.host}.slots.${slot.name}.${id}`;
  state.select([path]);
  return path;
}

/** Right of what it is wired to, or of what is selected. */
function nextPlace({ from, to, level }: Adding): Point {
  const near = from?.node ?? useEditor.getState().selection.find((one) => levelOf(one) === level);
  if (near !== undefined) {
    const [x, y] = placeOf(near);
    const width = drawing.graph.nodes.find((one) => one.path === near)?.size.width ?? CARD.width;
    return [x + width + 4 * GRID, y];
  }
  if (to !== undefined) {
    const [x, y] = placeOf(to.node);
    return [x - CARD.width - 4 * GRID, y];
  }
  return [0, 0];
}

/** The place, or one below it where another node lies already. */
function freePlace([x, y]: Point, level: string): Point {
  const boxes = drawing.graph.nodes.filter((one) => one.level === level && one.slot === null);
  const hit = (top: number): boolean =>
    boxes.some((one) => {
      const [left, up] = placeOf(one.path);
      return x < left + one.size.width && x + CARD.width > left && top < up + one.size.height && top + CARD.head > up;
    });
  let top = y;
  for (let tries = 0; tries < 200 && hit(top); tries += 1) top += 2 * GRID;
  return [x, top];
}

/** Places for the nodes of a level that have none yet, so that they stay where they are seen. */
export function settled(level: string): Operation[] {
  const kept = useEditor.getState().document.canvas?.positions ?? {};
  const free = drawing.graph.nodes.filter((one) => one.level === level && one.slot === null && kept[one.path] === undefined);
  if (free.length === 0) return [];
  return [{ op: "move", positions: Object.fromEntries(free.map((one) => [one.path, [...placeOf(one.path)] as [number, number]])) }];
}

/** Draw a wire, or tell why not. */
export function connect(from: End, to: End): Refusal | null {
  const why = refusal(world(), from, to);
  if (why === null) useEditor.getState().apply(connecting(world(), from, to));
  return why;
}

/** Run the target once for each item of a list that meets a single value. */
export function connectEach(from: End, to: End): void {
  const source = from.port === null ? idOf(from.node) : `${idOf(from.node)}.${from.port}`;
  const keys = nodeKeys(to.node);
  useEditor.getState().apply([
    { op: "set", path: [...keys, "each"], value: `{{ ${source} }}` },
    { op: "set", path: [...keys, "params", to.port ?? ""], value: "{{ item }}" },
  ]);
}

/** Lead the end of a wire elsewhere. */
export function reconnect(wire: DrawnEdge, from: End, to: End): Refusal | null {
  const cut = cutting(world(), wire);
  if (cut === null) return { why: "exists" };
  const now = { ...world(), document: cut.reduce(perform, world().document) };
  const why = refusal(now, from, to);
  if (why === null) useEditor.getState().apply([...cut, ...connecting(now, from, to)]);
  return why;
}

/** Remove nodes and wires. What is broken by it, and wires that are part of a longer expression. */
export function remove(nodes: readonly NodePath[], wires: readonly DrawnEdge[]): { broken: Broken[]; kept: DrawnEdge[] } {
  const state = useEditor.getState();
  if (state.readOnly) return { broken: [], kept: [] };
  const now = world();
  const kept: DrawnEdge[] = [];
  const cuts = wires.flatMap((wire) => {
    const cut = cutting(now, wire);
    if (cut === null) kept.push(wire);
    return cut ?? [];
  });
  const { operations, broken } = removing({ ...now, document: cuts.reduce(perform, now.document) }, nodes);
  state.apply([...cuts, ...operations]);
  return { broken, kept };
}

export function copied(): Clip | null {
  const { document, selection } = useEditor.getState();
  return clipOf(document, selection, new Map(drawing.graph.nodes.map((one) => [one.path, placeOf(one.path)])));
}

/** Add what a text of the clipboard holds. Whether it held nodes. */
export function paste(text: string, level: string, at: Point): boolean {
  const clip = readClip(text);
  const state = useEditor.getState();
  if (clip === null || state.readOnly) return false;
  const { operations, nodes } = pasting(state.document, clip, level, [snapped(at[0]), snapped(at[1])]);
  state.apply(operations);
  state.select(nodes);
  return true;
}

export function duplicate(): void {
  const clip = copied();
  const [first] = useEditor.getState().selection;
  if (clip === null || first === undefined) return;
  const [x, y] = placeOf(first);
  paste(JSON.stringify(clip), levelOf(first), [x + 2 * GRID, y + 4 * GRID]);
}

/** Switch the selected nodes off, or on where all of them are off. */
export function toggleDisabled(): void {
  const { document, selection, apply } = useEditor.getState();
  const nodes = selection.filter((one) => !one.includes(".slots."));
  const off = nodes.every((one) => nodeAt(document, one)?.disabled === true);
  apply(
    nodes.map((one): Operation => {
      const path = [...nodeKeys(one), "disabled"];
      return off ? { op: "remove", path } : { op: "set", path, value: true };
    }),
  );
}

/** Boxes of the selected nodes of the level that the first of them lies on. */
function selectedBoxes(): (Box & { path: NodePath })[] {
  const { selection } = useEditor.getState();
  const level = selection[0] === undefined ? "" : levelOf(selection[0]);
  return drawing.graph.nodes
    .filter((one) => selection.includes(one.path) && one.level === level && one.slot === null)
    .map((one) => ({ path: one.path, x: placeOf(one.path)[0], y: placeOf(one.path)[1], ...one.size }));
}

function placeBoxes(boxes: readonly (Box & { path: NodePath })[]): void {
  const positions = Object.fromEntries(boxes.map((one) => [one.path, [Math.round(one.x), Math.round(one.y)] as [number, number]]));
  if (boxes.length > 0) useEditor.getState().apply([{ op: "move", positions }]);
}

export function align(edge: Edge): void {
  placeBoxes(aligned(selectedBoxes(), edge));
}

export function distribute(along: "x" | "y"): void {
  placeBoxes(distributed(selectedBoxes(), along));
}

/** Move the selected nodes by steps. */
export function nudge(dx: number, dy: number): void {
  const { selection, readOnly, apply } = useEditor.getState();
  const nodes = selection.filter((one) => !one.includes(".slots.") && !selection.some((other) => one.startsWith(`${other}.`)));
  if (readOnly || nodes.length === 0) return;
  const positions = Object.fromEntries(
    nodes.map((one) => [one, [placeOf(one)[0] + dx, placeOf(one)[1] + dy] as [number, number]]),
  );
  apply([{ op: "move", positions }]);
}

/** Places for all nodes of a level, or of every level, along their wires. */
export function arrange(): void {
  const { document, apply, readOnly } = useEditor.getState();
  if (readOnly) return;
  const sizes = new Map(drawing.graph.nodes.map((one) => [one.path, one.size]));
  const sizeOf = (path: NodePath) => sizes.get(path) ?? { width: CARD.width, height: CARD.head };
  const positions: Record<NodePath, [number, number]> = {};
  const levels = ["", ...drawing.graph.nodes.flatMap((one) => one.lanes.map((lane) => lane.level))];
  for (const level of levels) {
    for (const [path, [x, y]] of arranged(document, level, sizeOf)) positions[path] = [x, y];
  }
  apply([{ op: "move", positions }]);
}

