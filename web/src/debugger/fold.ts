/**
 * Events of an execution, folded into what is known of its nodes and edges.
 *
 * Pure: the same events in the same order give the same, however they came: live, after a reconnection, from the record.
 */
import type { NodePath, NodeRunState, NodeWatch } from "@/editor/contracts";

import { NO_RUN_GRAPH, nodeOf, type RunGraph, type Wire } from "./graph";

/** An event as the stream gives it. */
export interface RunEvent {
  readonly id: string | null;
  readonly kind: string;
  readonly path: string | null;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A node, with the path of the run of it that was told of last. */
export interface Node extends NodeWatch {
  readonly path: string;
  readonly endedAt?: number;
  /** Ports it left by; null where there is one way out. */
  readonly ports?: readonly string[] | null;
  /** How often it ran to its end. */
  readonly runs: number;
}

/** What went over an edge, before it is written as a label. */
export interface Flow {
  readonly passed: number;
  readonly bytes: number;
  /** Items of the value that went over it last; null where it is no list, or not known. */
  readonly items: number | null;
  readonly at: number;
}

export interface Folded {
  readonly graph: RunGraph;
  readonly nodes: ReadonlyMap<NodePath, Node>;
  readonly edges: ReadonlyMap<string, Flow>;
  readonly status: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Id of the last recorded event. */
  readonly last: string | null;
  readonly count: number;
}

export function nothing(graph: RunGraph = NO_RUN_GRAPH): Folded {
  return { graph, nodes: new Map(), edges: new Map(), status: "queued", startedAt: null, endedAt: null, last: null, count: 0 };
}

/** Take in events, in their order. */
export function fold(before: Folded, events: readonly RunEvent[]): Folded {
  if (events.length === 0) return before;
  const draft = new Draft(before);
  for (const event of events) draft.take(event);
  return draft.done();
}

/** How many items an output holds, told once it was looked at: by its keys, and as a whole where one list is all there is. */
export function counted(before: Folded, node: NodePath, counts: Readonly<Record<string, number>>): Folded {
  const edges = new Map(before.edges);
  const lists = Object.values(counts);
  for (const wire of before.graph.leaving.get(node) ?? []) {
    const flow = edges.get(wire.id);
    if (flow === undefined) continue;
    const items = wire.key === null ? (lists.length === 1 ? (lists[0] ?? null) : null) : (counts[wire.key] ?? null);
    if (items !== null) edges.set(wire.id, { ...flow, items });
  }
  return { ...before, edges };
}

type Facts = Readonly<Record<string, unknown>>;

class Draft {
  private readonly nodes: Map<NodePath, Node>;
  private readonly edges: Map<string, Flow>;
  private status: string;
  private startedAt: number | null;
  private endedAt: number | null;
  private last: string | null;
  private count: number;

  constructor(private readonly from: Folded) {
    this.nodes = new Map(from.nodes);
    this.edges = new Map(from.edges);
    ({ status: this.status, startedAt: this.startedAt, endedAt: this.endedAt, last: this.last, count: this.count } = from);
  }

  done(): Folded {
    const { nodes, edges, status, startedAt, endedAt, last, count } = this;
    return { graph: this.from.graph, nodes, edges, status, startedAt, endedAt, last, count };
  }

  take(event: RunEvent): void {
    // What is recorded comes once; a stream that began anew may tell it again.
    if (event.id !== null) {
      if (this.last !== null && compareIds(event.id, this.last) <= 0) return;
      this.last = event.id;
    }
    this.count += 1;
    const at = Date.parse(event.at);
    if (event.path === null) this.whole(event, at);
    else {
      const node = nodeOf(this.from.graph, event.path);
      if (node !== null) this.about(node, event.path, event, at);
    }
  }

  private whole({ kind, data }: RunEvent, at: number): void {
    if (kind === "accepted") this.accepted(data, at);
    else if (kind === "claimed" && this.endedAt === null) this.status = "running";
    else if (kind === "parked") this.status = "waiting";
    else if (kind === "message") this.message(text(data.kind));
    else if (kind === "ended") this.ended(text(data.status), at);
  }

  private message(kind: string): void {
    if (kind === "pause") this.status = "paused";
    else if (kind === "resume") this.status = "running";
  }

  private accepted(data: Facts, at: number): void {
    this.status = "running";
    this.startedAt = at;
    const only = Array.isArray(data.only) ? new Set(data.only.map(String)) : null;
    for (const node of this.from.graph.nodes) {
      const root = node.split(".")[0] ?? node;
      if (only === null || only.has(root)) this.nodes.set(node, { state: "pending", path: node, runs: 0 });
    }
    for (const one of Array.isArray(data.reused) ? data.reused : []) this.reuse(one as Facts);
  }

  /** An output that was there before: it stands for the node, and for all that lies inside. */
  private reuse(facts: Facts): void {
    const path = text(facts.path);
    const node = nodeOf(this.from.graph, path);
    if (node === null) return;
    const cachedAt = number(facts.at) / 1000;
    this.nodes.set(node, { state: "succeeded", path, runs: 0, cachedAt, outputBytes: number(facts.bytes) });
    for (const inner of this.from.graph.inside.get(node) ?? []) this.nodes.delete(inner);
    for (const wire of this.from.graph.leaving.get(node) ?? []) {
      this.edges.set(wire.id, { passed: 0, bytes: number(facts.bytes), items: null, at: cachedAt });
    }
  }

  private ended(status: string, at: number): void {
    this.status = status;
    this.endedAt = at;
    for (const [path, node] of this.nodes) {
      if (node.state === "pending") this.nodes.delete(path);
      else if (["running", "waiting", "paused", "in_doubt"].includes(node.state)) this.nodes.set(path, { ...node, state: "cancelled", endedAt: at });
    }
  }

  private about(node: NodePath, path: string, event: RunEvent, at: number): void {
    const known = this.nodes.get(node) ?? { state: "pending", path, runs: 0 };
    const { data } = event;
    switch (event.kind) {
      case "started":
        this.set(node, known, { state: "running", path, startedAt: at });
        break;
      case "intended":
        this.set(node, known, { state: "running", path, startedAt: known.startedAt ?? at, attempts: number(data.attempt) });
        break;
      case "succeeded":
        this.succeeded(node, known, path, data, at);
        break;
      case "failed":
        this.failed(node, known, path, data, at);
        break;
      case "skipped":
        this.set(node, known, { state: "skipped", path, endedAt: at });
        break;
      case "retrying":
        this.set(node, known, { state: "waiting", path, attempts: number(data.attempt), ...errorOf(data.error) });
        break;
      case "waiting":
      case "wait":
        this.set(node, known, { state: waitState(data), path, startedAt: known.startedAt ?? at });
        break;
      case "held":
        this.set(node, known, { state: "paused", path, startedAt: known.startedAt ?? at });
        break;
      case "released":
        this.set(node, known, { state: "running", path });
        break;
      case "waited":
        // A wait ends in memory, too, where the execution leaves it; then it goes on waiting.
        if (known.state === "waiting" && this.status !== "waiting") this.set(node, known, { state: "running", path });
        break;
      case "progress":
        this.set(node, known, { ...(settled(known.state) ? {} : { state: "running" as const }), progress: share(data.percent) });
        break;
      case "items":
        this.set(node, known, { items: { done: number(data.done), failed: known.items?.failed ?? 0, total: number(data.total) } });
        break;
      case "chunk":
        this.chunk(node, known, path, data, at);
        break;
      case "turn":
        this.set(node, known, { state: "running", path, items: { done: number(data.turn) + 1, failed: 0, total: null } });
        break;
      default:
    }
  }

  private set(node: NodePath, known: Node, change: Partial<Node>): void {
    this.nodes.set(node, { ...known, ...change });
  }

  private succeeded(node: NodePath, known: Node, path: string, data: Facts, at: number): void {
    const ports = Array.isArray(data.ports) ? data.ports.map(String) : null;
    const bytes = number(data.bytes);
    const { error: _, ...rest } = known;
    this.nodes.set(node, { ...rest, ...times(data, at), state: "succeeded", path, outputBytes: bytes, ports, runs: known.runs + 1, ...finished(known) });
    for (const wire of this.from.graph.leaving.get(node) ?? []) if (leaves(wire, ports)) this.pass(wire.id, 1, bytes, at, null);
  }

  private failed(node: NodePath, known: Node, path: string, data: Facts, at: number): void {
    const stopped = isRecord(data.error) && data.error.code === "node.cancelled";
    this.nodes.set(node, { ...known, ...times(data, at), state: stopped ? "cancelled" : "failed", path, runs: known.runs + 1, ...errorOf(data.error) });
    if (data.handled !== true) return;
    for (const wire of this.from.graph.leaving.get(node) ?? []) if (wire.port === "error") this.pass(wire.id, 1, 0, at, null);
  }

  /** Items of a map that have ended: each of them has gone through what lies inside. */
  private chunk(node: NodePath, known: Node, path: string, data: Facts, at: number): void {
    const [count, errors] = [number(data.count), number(data.errors)];
    const items = known.items ?? { done: 0, failed: 0, total: null };
    // `items` counts what has ended; it may have been told of before it is recorded.
    const done = Math.max(items.done, (known.runs === 0 ? this.chunked(node) : 0) + count);
    this.set(node, known, { state: settled(known.state) ? known.state : "running", path, items: { ...items, done, failed: items.failed + errors } });
    for (const inner of this.from.graph.inside.get(node) ?? []) {
      const was = this.nodes.get(inner) ?? { state: "pending" as NodeRunState, path: inner, runs: 0 };
      const counts = { done: (was.items?.done ?? 0) + count, failed: was.items?.failed ?? 0, total: null };
      this.nodes.set(inner, { ...was, state: "succeeded", items: counts, runs: was.runs + count, startedAt: was.startedAt ?? at });
      for (const wire of this.from.graph.leaving.get(inner) ?? []) {
        if (wire.port === null) this.pass(wire.id, count - errors, 0, at, null);
      }
    }
  }

  /** Items of a map that were recorded so far. */
  private chunked(node: NodePath): number {
    const first = (this.from.graph.inside.get(node) ?? [])[0];
    return first === undefined ? 0 : (this.nodes.get(first)?.items?.done ?? 0);
  }

  private pass(id: string, count: number, bytes: number, at: number, items: number | null): void {
    const known = this.edges.get(id);
    this.edges.set(id, { passed: (known?.passed ?? 0) + count, bytes, items: items ?? null, at });
  }
}

/** Whether a value goes over a wire when its node leaves by these ports. */
function leaves(wire: Wire, ports: readonly string[] | null): boolean {
  if (!wire.listed) return true;
  if (wire.port === "error") return false;
  return wire.port === null || ports === null || ports.includes(wire.port);
}

/** Of a map: all items are done when it is. */
function finished(known: Node): Partial<Node> {
  return known.items === undefined ? {} : { items: { ...known.items, total: known.items.total ?? known.items.done } };
}

function times(data: Facts, at: number): Partial<Node> {
  const startedAt = number(data.started_at) / 1000;
  return { startedAt, seconds: number(data.duration) / 1e6, attempts: number(data.attempts), endedAt: at };
}

function errorOf(error: unknown): Partial<Node> {
  if (!isRecord(error)) return {};
  const param = typeof error.param === "string" ? error.param : null;
  return { error: { code: text(error.code), message: text(error.message), param } };
}

function waitState(data: Facts): NodeRunState {
  const why = Array.isArray(data.reason) ? text(data.reason[0]) : text(data.kind);
  if (why.includes("doubt")) return "in_doubt";
  return why.includes("break") ? "paused" : "waiting";
}

/** Numbers of events are `segment.index`. */
export function compareIds(one: string, other: string): number {
  const [first = 0, second = 0] = one.split(".").map(Number);
  const [left = 0, right = 0] = other.split(".").map(Number);
  return first === left ? second - right : first - left;
}

export function settled(state: NodeRunState): boolean {
  return ["succeeded", "failed", "skipped", "cancelled"].includes(state);
}

function share(percent: unknown): number {
  return Math.max(0, Math.min(1, number(percent) / 100));
}

function isRecord(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
