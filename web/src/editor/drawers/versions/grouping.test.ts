import { expect, test } from "vitest";

import { byNode, shown, type Change } from "./grouping";

const change = (more: Partial<Change>): Change => ({ kind: "changed", what: "value", node: null, path: null, old: null, new: null, ...more });

test("changes are put together by node", () => {
  const found = byNode([
    change({ node: "load", path: "params.url", old: "a", new: "b" }),
    change({ node: "save", what: "node", kind: "added" }),
    change({ node: "load", path: "retry", new: { attempts: 3 } }),
    change({ path: "settings.timeout", old: "1m", new: "2m" }),
  ]);
  expect(found.map((one) => [one.node, one.kind, one.values.length])).toEqual([
    ["load", "changed", 2],
    ["save", "added", 0],
    [null, "changed", 1],
  ]);
});

test("a node that came is one entry, whatever is said of its values", () => {
  const found = byNode([
    change({ node: "save", path: "params.path", kind: "added", new: "x" }),
    change({ node: "save", what: "node", kind: "added" }),
  ]);
  expect(found).toEqual([{ node: "save", kind: "added", values: [] }]);
});

test("values are shown as they are read", () => {
  expect(shown("a text")).toBe("a text");
  expect(shown({ a: 1 })).toBe('{\n "a": 1\n}');
});
