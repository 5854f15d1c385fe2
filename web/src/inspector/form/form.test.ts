import { describe, expect, it } from "vitest";

import { changes } from "../edit";
import { check } from "./check";
import type { Field } from "./field";
import { labelOf, titleOf } from "./labels";
import { isFound, isVisible, layoutOf } from "./layout";
import { formOf } from "./model";

const NULL = { type: "null" };

function form(properties: Record<string, unknown>, more: Record<string, unknown> = {}): Field[] {
  return formOf({ type: "object", properties, ...more });
}

function one(schema: Record<string, unknown>, more: Record<string, unknown> = {}): Field {
  const [field] = form({ it: schema }, more);
  if (field === undefined) throw new Error("no field");
  return field;
}

describe("controls", () => {
  it.each([
    [{ type: "string", maxLength: 5 }, { kind: "text", maxLength: 5 }],
    [{ anyOf: [{ type: "string", "x-secret": true }, NULL], default: null }, { kind: "text", secret: true }],
    [{ "x-widget": "multiline" }, { kind: "text", long: true }],
    [{ type: "string", "x-widget": "code", "x-language": "sql" }, { kind: "code", language: "sql", json: false }],
    [{ "x-widget": "code" }, { kind: "code", language: "json", json: true }],
    [{ anyOf: [{ type: "integer" }, { type: "number" }, NULL] }, { kind: "number", whole: false }],
    [{ type: "integer", minimum: 1, exclusiveMaximum: 9 }, { kind: "number", whole: true, min: 1, below: 9 }],
    [{ type: "boolean" }, { kind: "boolean" }],
    [{ enum: ["a", "b"], type: "string" }, { kind: "select", options: ["a", "b"] }],
    [{ type: "array", items: { enum: ["a", "b"] } }, { kind: "choices", options: ["a", "b"] }],
    [{ type: "string", "x-options": "tables" }, { kind: "asked" }],
    [{ anyOf: [{ type: "string" }, NULL], "x-widget": "cron" }, { kind: "cron" }],
    [{ "x-studio": "file", type: "object" }, { kind: "reference", what: "file" }],
    [{ anyOf: [{ "x-studio": "table" }, { "x-studio": "items", type: "array" }] }, { kind: "reference", what: "items" }],
    [{}, { kind: "any" }],
  ])("%j", (schema, control) => {
    expect(one(schema).control).toMatchObject(control);
  });

  it("follows references, and knows alternatives by their tag", () => {
    const paging = {
      discriminator: { propertyName: "kind", mapping: { page: "#/$defs/Page" } },
      oneOf: [{ $ref: "#/$defs/Page" }, { $ref: "#/$defs/Next" }],
    };
    const page = { type: "object", properties: { kind: { const: "page" }, size: { type: "integer" } }, required: ["size"] };
    const next = { type: "object", description: "A ``Link``.", properties: { kind: { const: "next_url" } } };
    const { control } = one(paging, { $defs: { Page: page, Next: next } });
    expect(control).toMatchObject({ kind: "variant", tag: "kind", options: [{ value: "page" }, { value: "next_url", help: "A Link." }] });
    expect(control.kind === "variant" && control.options[0]?.fields.map((field) => [field.name, field.required])).toEqual([["size", true]]);
  });

  it("goes into lists, mappings and objects", () => {
    const server = { type: "object", properties: { host: { type: "string" } }, required: ["host"] };
    expect(one({ anyOf: [server, NULL] }).control).toMatchObject({ kind: "object", fields: [{ name: "host", required: true }] });
    expect(one({ type: "object", additionalProperties: { type: "string" } }).control).toMatchObject({ kind: "map", value: { control: { kind: "text" } } });
    expect(one({ type: "array", items: server }).control).toMatchObject({ kind: "list", item: { control: { kind: "object" } } });
    expect(one({ "x-studio": "per-item", "x-studio-of": { type: "boolean" } })).toMatchObject({ expression: true, control: { kind: "item", of: { control: { kind: "boolean" } } } });
  });

  it("names params in the words of the pack, or makes words of the name", () => {
    expect(formOf({ properties: { url: {} } }, { url: "Adresse" })[0]?.label).toBe("Adresse");
    expect(titleOf("verify_tls", "Verify Tls")).toBe("Verify TLS");
    expect(titleOf("by", "Sort by")).toBe("Sort by");
    expect(labelOf("max_ids")).toBe("Max IDs");
  });
});

describe("layout", () => {
  const fields = form(Object.fromEntries("abcdefghij".split("").map((name) => [name, { type: "string", description: `help ${name}` }])), { required: ["a"] });

  it("folds what is seldom set, never what is given or required", () => {
    const { shown, folded } = layoutOf(fields, { j: 1 }, "i");
    expect(shown.map((field) => field.name)).toEqual(["a", "b", "c", "d", "i", "j"]);
    expect(folded).toHaveLength(4);
    expect(layoutOf(fields.slice(0, 7), {}).folded).toEqual([]);
  });

  it("shows a param where another has the value it belongs to", () => {
    const [kind, name] = form({ version: { default: 4 }, name: { "x-visible-when": { version: 5 } } });
    if (kind === undefined || name === undefined) throw new Error("no field");
    expect(isVisible(name, {}, [kind, name])).toBe(false);
    expect(isVisible(name, { version: 5 }, [kind, name])).toBe(true);
    expect(isVisible(name, { version: "{{ x }}" }, [kind, name])).toBe(true);
    expect(isVisible(name, { name: "set" }, [kind, name])).toBe(true);
  });

  it("finds by words of label and help", () => {
    expect(fields.filter((field) => isFound(field, "HELP c")).map((field) => field.name)).toEqual(["c"]);
  });
});

describe("checks", () => {
  it("tells what is wrong with a literal and leaves expressions to the server", () => {
    const count = one({ type: "integer", minimum: 1 }, { required: ["it"] });
    expect(check(count, undefined)).toEqual({ key: "required" });
    expect(check(count, 0)).toEqual({ key: "min", limit: 1 });
    expect(check(count, 1.5)).toEqual({ key: "whole" });
    expect(check(count, "x")).toEqual({ key: "number" });
    expect(check(count, "{{ x }}")).toBeNull();
    expect(check(one({ type: "string", pattern: "^a+$" }), "b")).toEqual({ key: "pattern" });
    expect(check(one({ type: "string" }, { required: ["it"] }), "")).toBeNull();
    expect(check(one({ type: "string", minLength: 1 }, { required: ["it"] }), "")).toEqual({ key: "required" });
  });
});

describe("changes", () => {
  const path = ["nodes", "a", "params", "headers"];

  it("are as small as can be", () => {
    expect(changes(path, { x: "1", y: "2" }, { x: "1", y: "3", z: "4" })).toEqual([
      { op: "set", path: [...path, "y"], value: "3" },
      { op: "set", path: [...path, "z"], value: "4" },
    ]);
    expect(changes(path, { x: "1", y: "2" }, { y: "2" })).toEqual([{ op: "remove", path: [...path, "x"] }]);
    expect(changes(path, 1, 1)).toEqual([]);
    expect(changes(path, undefined, { x: 1 })).toEqual([{ op: "set", path, value: { x: 1 } }]);
    expect(changes(path, [1], undefined)).toEqual([{ op: "remove", path }]);
  });

  it("set a mapping as a whole where its order changes, for the order may mean something", () => {
    expect(changes(path, { x: 1, y: 2 }, { y: 2, x: 1 })).toEqual([{ op: "set", path, value: { y: 2, x: 1 } }]);
    expect(changes(path, { x: 1, y: 2 }, { z: 1, y: 2 })).toEqual([{ op: "set", path, value: { z: 1, y: 2 } }]);
  });
});
