import { describe, expect, it } from "vitest";

import type { FunctionOut, NodeDetail } from "@/api";
import { suggestionsAt, wantedAt, type Name } from "@/expressions/complete";
import { shapeOf } from "@/expressions/shape";
import { nameOfRun } from "./data/useRan";
import { perRow } from "./perRow";
import { moved } from "./sizes";
import { swap } from "./swap";
import { nextTimes, readCron } from "./widgets/cron";
import { asKind } from "./widgets/kinds";
import { build, rhythmOf } from "./widgets/rhythm";
import { readSpan, writeSpan } from "./widgets/span";
import { kindOfInput, whyNoInput, withKind, withOptional } from "./workflow/inputs";

const NAMES: Name[] = [
  { name: "load", kind: "node", title: "Load", optional: false, shape: shapeOf({ data: [{ mag: 6.1, "x-id": 1, from: "a" }], text: "x" }) },
  { name: "inputs", kind: "inputs", title: "", optional: false, shape: shapeOf({ least: 5 }) },
];
const sorted = { name: "sorted", receiver: null, params: [{}], returns: "list", description: "In order." } as unknown as FunctionOut;
const upper = { name: "upper", receiver: "text", params: [], returns: "text", description: "" } as unknown as FunctionOut;

function labels(source: string): string[] {
  return suggestionsAt(source, source.length, NAMES, [sorted, upper]).map((one) => one.label);
}

describe("completion", () => {
  it("offers names, functions, keys of data and methods of their kind", () => {
    expect(labels("1 + lo")).toEqual(["load", "inputs", "sorted"]);
    expect(labels("load.")).toEqual(["data", "text"]);
    expect(labels("load.text.")).toEqual(["upper"]);
    expect(labels("load.data[0].")).toEqual(["mag", "x-id", "from"]);
    expect(labels("load.data[0]['")).toEqual(["mag", "x-id", "from"]);
    expect(labels("inputs.")).toEqual(["least"]);
  });

  it("knows the names that a comprehension or a lambda binds", () => {
    expect(labels("[x.mag for x in load.data if x.")).toEqual(["mag", "x-id", "from"]);
    expect(labels("sorted(load.data, key=lambda q: q.")).toEqual(["mag", "x-id", "from"]);
  });

  it("writes odd keys in brackets, and of a list what may be meant", () => {
    const [, odd] = suggestionsAt("load.data[0].", 13, NAMES, []);
    expect([odd?.apply, odd?.from]).toEqual(["load.data[0]['x-id']", 0]);
    const all = suggestionsAt("load.data.", 10, NAMES, []);
    expect(all.slice(0, 2).map((one) => one.apply)).toEqual(["load.data[0].mag", "[x.mag for x in load.data]"]);
  });

  it("is silent in texts and numbers", () => {
    expect(wantedAt("'load.", 6)).toBeNull();
    expect(wantedAt("12", 2)).toBeNull();
  });
});

function next(text: string, zone = "UTC", after = "2026-03-28T12:00:00Z"): string[] {
  const cron = readCron(text);
  return cron === null ? ["wrong"] : nextTimes(cron, zone, 3, new Date(after)).map((one) => one.toISOString().slice(0, 16));
}

describe("cron", () => {
  it("fires at working hours in its zone, over a change of clocks", () => {
    expect(next("0 8 * * *", "Europe/Paris")).toEqual(["2026-03-29T06:00", "2026-03-30T06:00", "2026-03-31T06:00"]);
    // Half past two is left out that night: it comes right after.
    expect(next("30 2 * * *", "Europe/Paris")[0]).toBe("2026-03-29T01:30");
  });

  it.each([
    ["*/20 * * * *", "2026-03-28T12:20"],
    ["0 0 l * *", "2026-03-31T00:00"],
    ["0 9 15w * *", "2026-04-15T09:00"],
    ["0 9 * * mon#1", "2026-04-06T09:00"],
    ["0 9 * * 5l", "2026-04-24T09:00"],
    ["0 0 13 * fri", "2026-04-03T00:00"],
    ["@weekly", "2026-03-29T00:00"],
    ["0 0 29 2 *", "2028-02-29T00:00"],
    ["61 * * * *", "wrong"],
    ["* * * *", "wrong"],
  ])("%s", (text, first) => {
    expect(next(text)[0]).toBe(first);
  });

  it.each(["*/15 * * * *", "30 * * * *", "5 8 * * *", "0 8 * * mon-fri", "0 8 * * mon,wed,sun", "15 7 L * *"])("%s is one of the usual ones", (text) => {
    expect(rhythmOf(text).rhythm).not.toBe("custom");
    expect(build(rhythmOf(text))).toBe(text);
  });

  it("leaves the others as they are written", () => {
    expect(rhythmOf("0 8 1 1 *").rhythm).toBe("custom");
  });
});

describe("small rules", () => {
  it("reads and writes spans of time", () => {
    expect(readSpan("15m")).toEqual({ count: 15, unit: "m" });
    expect(readSpan(7200)).toEqual({ count: 2, unit: "h" });
    expect(readSpan("1h30m")).toBeNull();
    expect(writeSpan(3, "d")).toBe("3d");
  });

  it("takes a list apart into its items", () => {
    expect(perRow("[x.mag for x in load.data]")).toEqual({ each: "load.data", value: "item.mag", first: "load.data[0].mag", sure: true });
    expect(perRow("load.data")).toMatchObject({ each: "load.data", value: "item", sure: false });
    expect(perRow("len(load.data)")).toBeNull();
  });

  it("keeps what a value says where its kind changes", () => {
    expect(asKind("5", "number")).toBe(5);
    expect(asKind(5, "text")).toBe("5");
    expect(asKind("x", "list")).toEqual(["x"]);
    expect(asKind("x", "number")).toBe(0);
  });

  it("never makes a panel too narrow", () => {
    const [one = 0, two = 0, three = 0] = moved([1, 1, 1], 0, 1, -0.9, [0, 1, 2]);
    expect([one.toFixed(2), (one + two).toFixed(2), three]).toEqual(["0.54", "2.00", 1]);
  });

  it("names the node of a run", () => {
    expect(nameOfRun("places[3]/place")).toBe("places.body.place");
    expect(nameOfRun("safe[catch]/tell")).toBe("safe.catch.tell");
  });

  it("swaps the type and keeps params of the same name", () => {
    const to = { type: "text.lower", params: { properties: { text: {} } }, credentials: [] } as unknown as NodeDetail;
    expect(swap("places.body.place", { type: "text.pad", version: 2, params: { text: "x", width: 3 } }, to)).toEqual([
      { op: "set", path: ["nodes", "places", "body", "nodes", "place", "type"], value: "text.lower" },
      { op: "remove", path: ["nodes", "places", "body", "nodes", "place", "version"] },
      { op: "remove", path: ["nodes", "places", "body", "nodes", "place", "params", "width"] },
    ]);
  });

  it("builds inputs, keeping what it does not show", () => {
    expect(withKind({ type: "string", maxLength: 3, description: "Who", "x-secret": true }, "integer")).toEqual({ type: "integer", description: "Who", "x-secret": true });
    expect(withOptional({ type: "string" }, true)).toEqual({ type: ["string", "null"] });
    expect(withOptional({ type: ["string", "null"], default: "x" }, false)).toEqual({ type: "string" });
    expect(kindOfInput({ type: ["number", "null"] })).toBe("number");
    expect(whyNoInput("a b", [])).toBe("form");
    expect(whyNoInput("who", ["who"])).toBe("taken");
  });
});
