import { describe, expect, it } from "vitest";

import type { WorkflowDocument } from "../contracts";
import { perform, withChanges } from "./apply";
import { parseEdge, writeEdge } from "./edges";
import { namesIn, referencesIn, withRenamed } from "./references";

const quakes: WorkflowDocument = {
  studio: 1,
  name: "Quakes",
  nodes: {
    load: { type: "files.read_json", params: { path: "a.json" } },
    strong: { type: "list.filter", params: { items: "{{ load.data.features }}", where: "{{ item.load > 3 }}" } },
    places: {
      type: "flow.map",
      params: { items: "{{ strong.items }}" },
      body: { nodes: { place: { type: "text.upper", params: { text: "{{ load.data.title }}" } } }, output: "{{ place.text }}" },
    },
  },
  edges: ["load -> strong", "strong.true -> places"],
  canvas: { positions: { load: [0, 0], "places.body.place": [10, 10] } },
};

describe("perform", () => {
  it("sets and removes values, and mappings that are empty then", () => {
    const set = perform(quakes, { op: "set", path: ["nodes", "load", "retry", "first_delay"], value: "1s" });
    expect(set.nodes.load?.retry).toEqual({ first_delay: "1s" });
    expect(set.nodes.strong).toBe(quakes.nodes.strong);
    const back = perform(set, { op: "remove", path: ["nodes", "load", "retry", "first_delay"], prune: 1 });
    expect(back).toEqual(quakes);
    const kept = perform(set, { op: "remove", path: ["nodes", "load", "retry", "first_delay"] });
    expect(kept.nodes.load?.retry).toEqual({});
  });

  it("removes a node with its edges and places", () => {
    const left = perform(quakes, { op: "remove_node", node: "places" });
    expect(Object.keys(left.nodes)).toEqual(["load", "strong"]);
    expect(left.edges).toEqual(["load -> strong"]);
    expect(left.canvas?.positions).toEqual({ load: [0, 0] });
  });

  it("renames a node with its references, in bodies too, and keeps the order", () => {
    const left = perform(quakes, { op: "rename_node", node: "load", to: "fetched" });
    expect(Object.keys(left.nodes)).toEqual(["fetched", "strong", "places"]);
    expect(left.edges?.[0]).toBe("fetched -> strong");
    expect(left.nodes.strong?.params).toEqual({ items: "{{ fetched.data.features }}", where: "{{ item.load > 3 }}" });
    expect(left.nodes.places?.body?.nodes.place?.params?.text).toBe("{{ fetched.data.title }}");
    expect(left.canvas?.positions?.fetched).toEqual([0, 0]);
  });

  it("adds a node in a body with edges", () => {
    const value = { type: "text.trim" };
    const left = perform(quakes, {
      op: "add_node", node: "places.body.trimmed", value, edges: ["place->trimmed"], positions: { "places.body.trimmed": [1, 2] },
    });
    expect(left.nodes.places?.body?.nodes.trimmed).toEqual(value);
    expect(left.nodes.places?.body?.edges).toEqual(["place -> trimmed"]);
    expect(left.canvas?.positions?.["places.body.trimmed"]).toEqual([1, 2]);
  });

  it("does what is done already without harm", () => {
    const add = { op: "add_edge", edge: "load -> strong" } as const;
    expect(perform(quakes, add)).toEqual(quakes);
    expect(perform(quakes, { op: "remove_edge", edge: "no -> no" })).toBe(quakes);
    expect(perform(quakes, { op: "rename_node", node: "gone", to: "other" })).toBe(quakes);
  });
});

describe("withChanges", () => {
  it("takes edges by what they say and whole bodies with their edges in a mapping", () => {
    const body = { nodes: { a: { type: "x" }, b: { type: "y" } }, edges: { "a -> b": "a -> b" } };
    const left = withChanges(quakes, [
      { path: ["edges", "load -> strong"], removed: true },
      { path: ["edges", "load -> places"], value: "load -> places" },
      { path: ["nodes", "more"], value: { type: "flow.map", body } },
    ]);
    expect(left.edges).toEqual(["strong.true -> places", "load -> places"]);
    expect(left.nodes.more?.body?.edges).toEqual(["a -> b"]);
  });
});

describe("edges", () => {
  it("reads and writes", () => {
    for (const text of ["a -> b", "a.true -> b", "a -> b.text", "a.x -> b.c.d"]) {
      const edge = parseEdge(text);
      expect(edge && writeEdge(edge)).toBe(text);
    }
    expect(parseEdge("nothing")).toBeNull();
    expect(parseEdge({ source: "a", target: "b" })).toEqual({ source: "a", port: null, target: "b", param: null });
  });
});

function names(text: string): string[] {
  return namesIn(text).map((one) => (one.key === null ? one.node : `${one.node}.${one.key}`));
}

describe("references", () => {
  it("finds names and their first key, and no keys, texts, arguments or bound names", () => {
    expect(names("load.data.features[0] + other['load']")).toEqual(["load.data", "other"]);
    expect(names("f(load=strong.x) == y")).toEqual(["f", "strong.x", "y"]);
    expect(names("[one.a for one in rows.items]").includes("rows.items")).toBe(true);
    expect(names("flat_map(r.items, lambda one: one.reasons)")).toEqual(["flat_map", "r.items", "lambda"]);
    expect(names("f'{load.x} there'")).toEqual(["load.x"]);
  });
  it("finds the end by the braces of the expression", () => {
    expect(referencesIn("{{ {'a': x.y, 'b': {'c': z}} }} and {{ '}}' + w }}").map((one) => one.node)).toEqual(["x", "z", "w"]);
    expect(referencesIn("{{{{ not }} {{ yes }}").map((one) => one.node)).toEqual(["yes"]);
  });
  it("renames in expressions alone", () => {
    expect(withRenamed("load {{ load.x + b.load + 'load' }}", "load", "get")).toBe("load {{ get.x + b.load + 'load' }}");
  });
});
