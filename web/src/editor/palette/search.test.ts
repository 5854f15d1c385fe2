import { describe, expect, it } from "vitest";

import type { NodeOut } from "@/api";

import { fit, searched } from "./search";

function node(type: string, title: string, keywords: string[] = [], description = ""): NodeOut {
  return {
    type, title, keywords, description, version: 1, category: "data", pack: type.split(".")[0] ?? "", effect: "pure", kind: "node",
    ports: [], open_ports: false, bodies: [], slots: [],
  };
}

const nodes = [
  node("list.filter", "Filter", ["where", "keep"], "Keep the items of a list for which a condition holds."),
  node("text.slugify", "Slugify", [], "Make an address of a title."),
  node("table.filter", "Filter rows", ["where"], "Keep rows of a table."),
];

describe("searching node types", () => {
  const found = (text: string): string[] => searched(nodes, text).map((one) => one.type);
  it("finds by title, other words, what it does, and in spite of a slip", () => {
    expect(found("filter")[0]).toBe("list.filter");
    expect(found("where")).toEqual(["list.filter", "table.filter"]);
    expect(found("rows of a table")).toEqual(["table.filter"]);
    expect(found("slgify")).toEqual(["text.slugify"]);
    expect(found("nothing such")).toEqual([]);
    expect(found("")).toHaveLength(3);
  });
  it("weighs equal words over beginnings over parts", () => {
    expect([fit("list", ["list"]), fit("li", ["list"]), fit("ist", ["list"])]).toEqual([1, 0.8, 0.5]);
  });
});
