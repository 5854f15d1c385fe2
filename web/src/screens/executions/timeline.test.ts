import { expect, test } from "vitest";

import type { BarOut } from "@/api";
import { runGraph } from "@/debugger/graph";
import { barsOf, criticalPath, ticks } from "./timeline";

const GRAPH = runGraph({
  studio: 1,
  name: "Diamond",
  nodes: {
    start: { type: "flow.set" },
    slow: { type: "flow.set", params: { a: "{{ start.n }}" } },
    quick: { type: "flow.set", params: { a: "{{ start.n }}" } },
    last: { type: "flow.set", params: { a: "{{ slow.n + quick.n }}" } },
    other: { type: "flow.while", body: { nodes: { step: { type: "flow.set" } } } },
  },
});
const bar = (path: string, start: number | null, seconds: number, status = "succeeded", waited = 0): BarOut => ({
  path, start, seconds, waited, status, type: "flow.set", attempts: 1, error_code: null,
});
const BARS = [
  bar("last", 9, 1), bar("other", 0.5, 4), bar("other[0]/step", 1, 1), bar("other[1]/step", 2, 1), bar("other[10]/step", 3, 1),
  bar("quick", 1, 1), bar("slow", 1, 2, "succeeded", 6), bar("start", 0, 1),
];

test("the critical path goes back over what was waited for longest, waits included", () => {
  expect([...criticalPath(BARS, GRAPH)]).toEqual(["last", "slow", "start"]);
  expect([...criticalPath([bar("start", 0, 1), bar("slow", null, 0, "skipped")], GRAPH)]).toEqual(["start"]);
  expect(criticalPath([], GRAPH).size).toBe(0);
});

test("bars come as they began, and what lies inside a loop below it", () => {
  expect(barsOf(BARS, GRAPH).map((one) => one.path)).toEqual([
    "start", "other", "other[0]/step", "other[1]/step", "other[10]/step", "quick", "slow", "last",
  ]);
});

test("marks are round", () => {
  expect(ticks(10)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(ticks(0.3).length).toBeGreaterThan(3);
  expect(ticks(0)).toEqual([0]);
});
