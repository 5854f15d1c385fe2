import { expect, test } from "vitest";

import type { NodeOut } from "@/api";
import type { WorkflowDocument } from "@/editor/contracts";
import { runGraph } from "./graph";
import { alike, runs, sending, staleBefore } from "./planning";

const document = (changes: Record<string, unknown> = {}): WorkflowDocument => ({
  studio: 1,
  name: "Chain",
  nodes: {
    a: { type: "flow.set", params: { values: { n: 1 } } },
    b: { type: "flow.set", params: { values: { n: "{{ a.values.n }}" } } },
    c: { type: "mail.send", params: { text: "{{ b.values.n }}" } },
    d: { type: "flow.set", params: { values: { n: "{{ c.id }}" } } },
    ...(changes as WorkflowDocument["nodes"]),
  },
});
const DRAFT = document();
const GRAPH = runGraph(DRAFT);

test("what changed before a node is out of date; titles and what is written out by default are not", () => {
  const then = document({ a: { type: "flow.set", params: { values: { n: 7 } } } });
  expect(staleBefore(GRAPH, DRAFT, then, "c")).toEqual(["a"]);
  expect(staleBefore(GRAPH, DRAFT, document(), "c")).toEqual([]);
  expect(alike({ type: "x", params: { a: 1, b: 2 }, title: "One" }, { params: { b: 2, a: 1 }, type: "x", slots: {}, disabled: false })).toBe(true);
  expect(alike({ type: "x" }, undefined)).toBe(false);
});

test("each way to start runs its own nodes", () => {
  expect(runs(GRAPH, { kind: "all" }, [])).toEqual(["a", "b", "c", "d"]);
  expect(runs(GRAPH, { kind: "until", node: "b" }, [])).toEqual(["a", "b"]);
  expect(runs(GRAPH, { kind: "from", node: "b" }, [])).toEqual(["b", "c", "d"]);
  expect(runs(GRAPH, { kind: "node", node: "c" }, [])).toEqual(["c"]);
  expect(runs(GRAPH, { kind: "node", node: "c" }, ["a"])).toEqual(["a", "b", "c"]);
});

test("only what cannot be taken back is named, and not where its output is pinned", () => {
  const catalogue = new Map([["mail.send", { effect: "irreversible" } as NodeOut], ["flow.set", { effect: "pure" } as NodeOut]]);
  expect(sending(["a", "c", "d"], DRAFT, catalogue, new Set())).toEqual(["c"]);
  expect(sending(["a", "c", "d"], DRAFT, catalogue, new Set(["c"]))).toEqual([]);
});
