import { describe, expect, it } from "vitest";

import type { NodeOut, ShapeOut } from "@/api";

import type { WorkflowDocument } from "../contracts";
import { perform } from "./apply";
import { bestParam, connecting, cutting, refusal } from "./connect";
import { draw, NO_GRAPH } from "./graph";
import { inserting, removing } from "./heal";
import { freeOf, freshNodeId, slug } from "./ids";
import type { Kind } from "./kinds";
import { aligned, distributed } from "./layout";
import { distanceTo } from "./wires";

function values(all: Record<string, Kind>): ShapeOut["params"] {
  return Object.entries(all).map(([name, kind]) => ({ name, label: name, kinds: [kind], items: [], required: true, per_item: false }));
}

function shape(type: string, params: Record<string, Kind>, outputs: Record<string, Kind>): [string, ShapeOut] {
  return [type, { type, params: values(params), outputs: values(outputs) }];
}

function facts(type: string, more: Partial<NodeOut> = {}): [string, NodeOut] {
  return [type, {
    type, version: 1, title: type, description: "", category: "data", pack: "p", effect: "pure", kind: "node",
    keywords: [], ports: [], open_ports: false, bodies: [], slots: [], ...more,
  }];
}

const catalogue = new Map([
  facts("load"), facts("filter"), facts("count"), facts("upper"), facts("if", { ports: ["true", "false"] }),
  facts("map", { bodies: ["body"] }), facts("hook", { kind: "trigger" }),
]);
const shapes = new Map([
  shape("load", { path: "text" }, { data: "list" }),
  shape("filter", { items: "list" }, { items: "list" }),
  shape("count", { items: "list" }, { count: "number" }),
  shape("upper", { text: "text" }, { text: "text" }),
  shape("if", { condition: "any" }, { result: "boolean" }),
  shape("map", { items: "list" }, { results: "list" }),
]);

const document: WorkflowDocument = {
  studio: 1,
  name: "w",
  nodes: {
    a: { type: "load", params: { path: "x" } },
    b: { type: "filter", params: { items: "{{ a.data }}" } },
    c: { type: "count", params: { items: "{{ b.items }}" } },
    gate: { type: "if", params: { condition: "{{ c.count > 1 }}" } },
    loop: { type: "map", params: { items: "{{ b.items }}" }, body: { nodes: { d: { type: "upper", params: { text: "{{ item }}" } } } } },
    t: { type: "hook" },
  },
  edges: ["gate.true -> loop"],
};
const world = { document, catalogue, shapes };

describe("draw", () => {
  const kit = { ...world, closed: new Set<string>(), found: new Map() };
  it("draws listed and implied wires between ports, and a body in its frame", () => {
    const graph = draw(kit);
    const wires = graph.edges.map((one) => `${one.look} ${one.sourceHandle} ${one.targetHandle}`);
    expect(wires).toContain("listed o:true in");
    expect(wires).toContain("implied o:data p:items");
    const inner = graph.nodes.find((one) => one.path === "loop.body.d");
    expect(inner?.parent).toBe("loop");
    expect(graph.nodes.find((one) => one.path === "loop")?.look).toBe("frame");
  });

  it("keeps what did not change", () => {
    const before = draw(kit);
    const moved = perform(document, { op: "move", positions: { a: [500, 0] } });
    const after = draw({ ...kit, document: moved }, before);
    const changed = after.nodes.filter((one, at) => one !== before.nodes[at]).map((one) => one.path);
    expect(changed).toEqual(["a"]);
    expect(after.edges).toBe(before.edges);
    expect(draw({ ...kit, document: moved }, after).nodes).toBe(after.nodes);
  });

  it("shows a closed container as a card that counts", () => {
    const loop = draw({ ...kit, closed: new Set(["loop"]) }, NO_GRAPH).nodes.find((one) => one.path === "loop");
    expect([loop?.look, loop?.held]).toEqual(["card", 1]);
  });
});

describe("wires", () => {
  it("are refused with the reason", () => {
    expect(refusal(world, { node: "c", port: "count" }, { node: "loop", port: "items" })).toEqual({ why: "kind", given: "number", wanted: "list" });
    expect(refusal(world, { node: "c", port: null }, { node: "a", port: null })).toEqual({ why: "loop" });
    expect(refusal(world, { node: "a", port: null }, { node: "a", port: null })).toEqual({ why: "itself" });
    expect(refusal(world, { node: "a", port: null }, { node: "t", port: null })).toEqual({ why: "trigger" });
    expect(refusal(world, { node: "a", port: null }, { node: "loop.body.d", port: null })).toEqual({ why: "level" });
    expect(refusal(world, { node: "gate", port: "true" }, { node: "loop", port: null })).toEqual({ why: "exists" });
    expect(refusal(world, { node: "a", port: "data" }, { node: "c", port: "items" })).toBeNull();
  });

  it("write a reference, or are listed for a branch", () => {
    expect(connecting(world, { node: "a", port: "data" }, { node: "c", port: "items" })).toEqual([
      { op: "set", path: ["nodes", "c", "params", "items"], value: "{{ a.data }}" },
    ]);
    expect(connecting(world, { node: "gate", port: "false" }, { node: "c", port: null })).toEqual([
      { op: "add_edge", edge: "gate.false -> c", graph: "" },
    ]);
    const fresh = perform(document, { op: "add_node", node: "e", value: { type: "count" } });
    expect(bestParam({ ...world, document: fresh }, { node: "a", port: null }, "e")).toBe("items");
  });

  it("are cut where they are the whole of a param", () => {
    const wire = { level: "", source: "a", target: "b", written: null, param: "items", key: "data" };
    expect(cutting(world, wire)).toEqual([{ op: "remove", path: ["nodes", "b", "params", "items"], prune: 1 }]);
    expect(cutting(world, { ...wire, source: "c", target: "gate", param: "condition" })).toEqual([
      { op: "remove", path: ["nodes", "gate", "params", "condition"], prune: 1 },
    ]);
  });
});

describe("healing", () => {
  it("joins what was on both sides of a node", () => {
    const { operations, broken } = removing(world, ["b"]);
    const after = operations.reduce(perform, document);
    expect(after.nodes.c?.params?.items).toBe("{{ a.data }}");
    expect(after.nodes.loop?.params?.items).toBe("{{ a.data }}");
    expect(broken).toEqual([]);
  });

  it("tells what is broken where it does not fit", () => {
    expect(removing(world, ["c"]).broken).toEqual([{ node: "gate", param: "condition", reads: "c" }]);
  });

  it("puts a node into a reference and into a listed wire", () => {
    const node = { type: "filter" };
    const added = perform(document, { op: "add_node", node: "n", value: node });
    const reference = { source: "a", target: "c", written: null, param: "items", key: "data" };
    const read = perform(added, { op: "set", path: ["nodes", "c", "params", "items"], value: "{{ a.data }}" });
    const after = inserting({ ...world, document: read }, reference, "n", node).reduce(perform, read);
    expect([after.nodes.n?.params?.items, after.nodes.c?.params?.items]).toEqual(["{{ a.data }}", "{{ n.items }}"]);
    const listed = { source: "gate", target: "loop", written: "gate.true -> loop", param: null, key: "true" };
    const again = inserting({ ...world, document: added }, listed, "n", node).reduce(perform, added);
    expect(again.edges).toEqual(["gate.true -> n", "n -> loop"]);
  });
});

describe("names", () => {
  it("are free and no words of the language", () => {
    expect(slug("Élan vital, 2!")).toBe("elan_vital_2");
    expect(freshNodeId("list.count", new Set())).toBe("count_1");
    expect(freshNodeId("list.chunks", new Set(["chunks", "chunks_2"]))).toBe("chunks_3");
    expect(freeOf("load", new Set(["load"]))).toBe("load_2");
  });
});

describe("aligning", () => {
  const boxes = [{ x: 0, y: 0, width: 10, height: 10 }, { x: 50, y: 7, width: 20, height: 10 }, { x: 100, y: 3, width: 10, height: 10 }];
  it("shares an edge, and makes gaps equal", () => {
    expect(aligned(boxes, "top").map((one) => one.y)).toEqual([0, 0, 0]);
    expect(aligned(boxes, "right").map((one) => one.x)).toEqual([100, 90, 100]);
    expect(distributed(boxes, "x").map((one) => one.x)).toEqual([0, 45, 100]);
  });
});

describe("hitting a wire", () => {
  const run = { from: [0, 0], to: [200, 100] } as const;
  it("measures from the curve, and gives up far away", () => {
    expect(distanceTo(run, 100, 50, 30)).toBeLessThan(1);
    expect(distanceTo(run, 100, 80, 40)).toBeGreaterThan(10);
    expect(distanceTo(run, 100, 300, 30)).toBe(Infinity);
  });
});
