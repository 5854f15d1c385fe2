/** The document as nodes and wires to be drawn. Pure; what did not change since the last time stays the same object. */
import type { NodeOut } from "@/api";

import type { Level, LevelDocument, NodeDocument, NodePath, WorkflowDocument } from "../contracts";
import { edgesOf } from "./edges";
import { implied } from "./implied";
import type { Catalogue, Kind, Shapes } from "./kinds";
import { placesOf, type Point } from "./layout";
import { BODIES, isRecord, levelAt, nodeAt, nodeOn, nodesOf } from "./paths";
import { branchesOf, portsOf, type Ports } from "./ports";
import { CARD, cardSize, FRAME, SLOT, type Size } from "./sizes";

/** A body inside a frame. */
export interface Lane {
  readonly level: Level;
  readonly name: (typeof BODIES)[number];
  readonly count: number;
  readonly top: number;
  readonly height: number;
  /** Where its nodes begin: right of the frame's own ports. */
  readonly left: number;
}

export interface SlotData {
  readonly name: string;
  readonly kind: string;
  readonly required: boolean;
  readonly many: boolean;
}

export interface DrawnNode {
  readonly path: NodePath;
  readonly level: Level;
  readonly look: "card" | "frame" | "slot";
  readonly node: NodeDocument;
  readonly facts: NodeOut | undefined;
  readonly ports: Ports;
  readonly size: Size;
  /** Relative to the frame or node around it. */
  readonly position: Point;
  readonly parent: NodePath | null;
  readonly lanes: readonly Lane[];
  /** Of a closed container: how many nodes it holds. */
  readonly held: number;
  /** Of what sits in a slot: which one, and whether nothing sits there yet. */
  readonly slot: (SlotData & { empty: boolean }) | null;
}

export interface DrawnEdge {
  readonly id: string;
  readonly level: Level;
  readonly source: NodePath;
  readonly target: NodePath;
  readonly sourceHandle: string;
  readonly targetHandle: string;
  readonly look: "listed" | "implied" | "slot";
  /** How it is written in the document; null for a reference. */
  readonly written: string | null;
  /** Of a reference: the param that reads. */
  readonly param: string | null;
  readonly key: string | null;
  readonly colour: Kind;
}

export interface Graph {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  /** What to add to a place of the document for where it is drawn within its parent. */
  readonly offsets: ReadonlyMap<Level, Point>;
}

export const NO_GRAPH: Graph = { nodes: [], edges: [], offsets: new Map() };

interface Kit {
  readonly document: WorkflowDocument;
  readonly catalogue: Catalogue;
  readonly shapes: Shapes;
  /** Containers that are shown as a card. */
  readonly closed: ReadonlySet<NodePath>;
  /** Where nodes without a place of their own were put; added to. */
  readonly found?: Map<NodePath, Point>;
}

/** Draw a document. */
export function draw(kit: Kit, before: Graph = NO_GRAPH): Graph {
  const drawing = new Drawing(kit);
  drawing.level("", null, [0, 0]);
  return {
    nodes: reused(drawing.nodes, before.nodes, (one) => one.path),
    edges: reused(drawing.edges, before.edges, (one) => one.id),
    offsets: drawing.offsets,
  };
}

class Drawing {
  readonly nodes: DrawnNode[] = [];
  readonly edges: DrawnEdge[] = [];
  readonly offsets = new Map<Level, Point>();
  private readonly made = new Map<NodePath, DrawnNode>();
  private readonly found: Map<NodePath, Point>;
  private readonly placed = new Map<Level, Map<NodePath, Point>>();
  private readonly wired = new Map<Level, Map<string, Set<string>>>();

  constructor(private readonly kit: Kit) {
    this.found = kit.found ?? new Map();
  }

  /** Draw a level's nodes and wires within a frame. */
  level(level: Level, parent: NodePath | null, offset: Point): void {
    this.offsets.set(level, offset);
    const found = levelAt(this.kit.document, level);
    const places = this.places(level);
    for (const [id] of nodesOf(found)) {
      const path = nodeOn(level, id);
      const [x, y] = places.get(path) ?? [0, 0];
      const node = { ...this.node(path), parent, position: [x + offset[0], y + offset[1]] as const };
      this.nodes.push(node);
      for (const lane of node.lanes) this.level(lane.level, path, this.laneOffset(lane));
      this.slots(node);
    }
    this.wires(level, found);
  }

  private places(level: Level): Map<NodePath, Point> {
    let places = this.placed.get(level);
    if (places === undefined) {
      places = placesOf(this.kit.document, level, (path) => this.outer(path), this.found);
      this.placed.set(level, places);
    }
    return places;
  }

  private laneOffset(lane: Lane): Point {
    const [left, top] = this.least(lane.level);
    return [lane.left - left, lane.top + FRAME.lane - top];
  }

  /** The lowest places of a level, as far as they are below nothing. */
  private least(level: Level): Point {
    const places = [...this.places(level).values()];
    return [Math.min(0, ...places.map(([x]) => x)), Math.min(0, ...places.map(([, y]) => y))];
  }

  /** How much room a node takes, with what sits below it. */
  private outer(path: NodePath): Size {
    const { size, facts, node } = this.node(path);
    const count = slotsOf(facts, node).length;
    if (count === 0) return size;
    return { width: Math.max(size.width, count * (SLOT.width + SLOT.gap)), height: size.height + SLOT.drop + SLOT.height };
  }

  private node(path: NodePath): DrawnNode {
    const known = this.made.get(path);
    if (known !== undefined) return known;
    const { document, catalogue, shapes, closed } = this.kit;
    const node = nodeAt(document, path) ?? { type: "" };
    const at = path.lastIndexOf(".");
    const level = at < 0 ? "" : path.slice(0, at);
    const facts = catalogue.get(node.type);
    const ports = portsOf(node, facts, shapes.get(node.type), this.used(level, path.slice(at + 1)));
    const bodies = bodiesOf(node, facts);
    const open = bodies.length > 0 && !closed.has(path);
    const lanes = open ? this.lanes(path, bodies, ports) : [];
    const made: DrawnNode = {
      path, level, look: open ? "frame" : "card", node, facts, ports, lanes,
      size: open ? this.frameSize(lanes, ports) : cardSize(ports),
      position: [0, 0], parent: null, slot: null,
      held: open ? 0 : bodies.reduce((sum, name) => sum + countIn(node[name]), 0),
    };
    this.made.set(path, made);
    return made;
  }

  private lanes(path: NodePath, bodies: readonly (typeof BODIES)[number][], ports: Ports): Lane[] {
    const left = ports.inputs.length > 0 ? FRAME.ports : FRAME.pad;
    let top: number = FRAME.head;
    return bodies.map((name) => {
      const level = `${path}.${name}`;
      const { height } = this.content(level);
      const lane = { level, name, left, count: nodesOf(levelAt(this.kit.document, level)).length, top, height };
      top += height;
      return lane;
    });
  }

  private content(level: Level): Size {
    const places = this.places(level);
    const [left, top] = this.least(level);
    let [width, height] = [0, 0];
    for (const [path, [x, y]] of places) {
      const size = this.outer(path);
      width = Math.max(width, x - left + size.width);
      height = Math.max(height, y - top + size.height);
    }
    return { width, height: Math.max(FRAME.height, height + FRAME.lane + FRAME.pad) };
  }

  private frameSize(lanes: readonly Lane[], ports: Ports): Size {
    const right = ports.outputs.length > 0 ? FRAME.ports : FRAME.pad;
    const width = Math.max(FRAME.width, ...lanes.map((one) => one.left + this.content(one.level).width + right));
    const least = cardSize(ports).height + FRAME.pad;
    return { width, height: Math.max(least, FRAME.head + lanes.reduce((sum, one) => sum + one.height, 0)) };
  }

  /** Params of a level's node that wires lead to. */
  private used(level: Level, id: string): ReadonlySet<string> {
    let found = this.wired.get(level);
    if (found === undefined) {
      found = new Map();
      const document = levelAt(this.kit.document, level);
      const add = (target: string, param: string | null): void => {
        if (param === null) return;
        const names = found?.get(target) ?? new Set<string>();
        found?.set(target, names.add(param));
      };
      for (const { edge } of edgesOf(document)) add(edge.target, edge.param);
      for (const one of implied(document)) add(one.target, one.param);
      this.wired.set(level, found);
    }
    return found.get(id) ?? NONE;
  }

  private slots(host: DrawnNode): void {
    slotsOf(host.facts, host.node).forEach(({ slot, id, node, empty }, at) => {
      const path = empty ? `${host.path}.slots.${slot.name}.` : `${host.path}.slots.${slot.name}.${id}`;
      this.nodes.push({
        path, level: host.level, look: "slot", node, facts: this.kit.catalogue.get(node.type), ports: NO_PORTS,
        size: { width: SLOT.width, height: SLOT.height }, parent: host.path, lanes: [], held: 0, slot: { ...slot, empty },
        position: [at * (SLOT.width + SLOT.gap), host.size.height + SLOT.drop],
      });
      this.edges.push({
        id: `slot ${path}`, level: host.level, source: path, target: host.path, sourceHandle: "slot", targetHandle: "slots",
        look: "slot", written: null, param: null, key: null, colour: "any",
      });
    });
  }

  private wires(level: Level, found: LevelDocument | undefined): void {
    for (const { edge, written } of edgesOf(found)) {
      const [source, target] = [nodeOn(level, edge.source), nodeOn(level, edge.target)];
      if (!this.made.has(source) || !this.made.has(target)) continue;
      this.edges.push({
        id: wireId(source, edge.port, target, edge.param), level, source, target, look: "listed", written,
        param: edge.param, key: edge.port, ...this.handles(source, edge.port, target, edge.param),
      });
    }
    for (const { source: from, key, target: to, param } of implied(found)) {
      const [source, target] = [nodeOn(level, from), nodeOn(level, to)];
      this.edges.push({
        id: `ref ${wireId(source, key, target, param)}`, level, source, target, look: "implied", written: null,
        param, key, ...this.handles(source, key, target, param),
      });
    }
  }

  /** Between which ports a wire is drawn; the plain ones where a port is not shown. */
  private handles(source: NodePath, port: string | null, target: NodePath, param: string | null) {
    const from = this.node(source).ports.outputs.find((one) => one.name === port);
    const to = this.node(target).ports.inputs.find((one) => one.name === param);
    return { sourceHandle: from?.id ?? "out", targetHandle: to?.id ?? "in", colour: from?.colour ?? "any" };
  }
}

const NONE: ReadonlySet<string> = new Set();
const NO_PORTS: Ports = { inputs: [], outputs: [] };

/** How a wire is named where an execution tells what went over it. */
export function wireId(source: NodePath, port: string | null, target: NodePath, param: string | null): string {
  return `${source}${port === null ? "" : `.${port}`} -> ${target}${param === null ? "" : `.${param}`}`;
}

/** Bodies that a node has or may have. */
export function bodiesOf(node: NodeDocument, facts: NodeOut | undefined): (typeof BODIES)[number][] {
  return BODIES.filter((name) => facts?.bodies?.includes(name) === true || isRecord(node[name]));
}

function countIn(body: unknown): number {
  return isRecord(body) ? nodesOf(body as unknown as LevelDocument).length : 0;
}

interface Sitting {
  readonly slot: SlotData;
  readonly id: string;
  readonly node: NodeDocument;
  readonly empty: boolean;
}

/** What sits in a node's slots, and where something can be put. */
export function slotsOf(facts: NodeOut | undefined, node: NodeDocument): Sitting[] {
  return (facts?.slots ?? []).flatMap((slot) => {
    const held: unknown = node.slots?.[slot.name];
    const sitting = (Array.isArray(held) ? held : [held]).filter(isRecord).map((one) => ({
      slot, id: typeof one.id === "string" ? one.id : "", node: one as unknown as NodeDocument, empty: false,
    }));
    const room = slot.many || sitting.length === 0;
    return room ? [...sitting, { slot, id: "", node: EMPTY, empty: true }] : sitting;
  });
}

const EMPTY: NodeDocument = { type: "" };

/** New objects only for what is another. */
function reused<T extends object>(next: readonly T[], before: readonly T[], name: (one: T) => string): readonly T[] {
  const known = new Map(before.map((one) => [name(one), one]));
  let same = next.length === before.length;
  const found = next.map((one, at) => {
    const old = known.get(name(one));
    const kept = old !== undefined && alike(old, one) ? old : one;
    same &&= kept === before[at];
    return kept;
  });
  return same ? before : found;
}

/** Whether two plain values say the same; what is the same object is not looked into. */
function alike(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [Object.entries(one), other as Record<string, unknown>];
  return left.length === Object.keys(other).length && left.every(([key, value]) => alike(value, right[key]));
}

export { branchesOf, CARD };
