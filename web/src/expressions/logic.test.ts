import { describe, expect, it } from "vitest";

import { literal, sourceOf, toExpression, toLiteral } from "./convert";
import { insert, sourceFor, takings, type Target } from "./insert";
import { pathSource } from "./path";
import { shapeOf, shapeOfSchema } from "./shape";
import { expressionAt, hasExpression, isExpression, pieces, wholeExpression } from "./template";

describe("texts with expressions", () => {
  it("finds where an expression ends by its quotes and brackets", () => {
    const text = "a {{ {'x': '}}', 'y': {}} }} b {{{{ c {{ d";
    const found = pieces(text).map((one) => [one.kind, text.slice(one.from, one.to), one.closed]);
    expect(found).toEqual([
      ["text", "a ", true],
      ["expression", "{{ {'x': '}}', 'y': {}} }}", true],
      ["text", " b {{{{ c ", true],
      ["expression", "{{ d", false],
    ]);
  });

  it("tells a whole expression from a text with one in it", () => {
    expect(wholeExpression(" {{ load.data }}\n")).toBe("load.data");
    expect(wholeExpression("x {{ load.data }}")).toBeNull();
    expect(isExpression("{{{{ no")).toBe(false);
    expect(hasExpression({ a: [1, "{{ x }}"] })).toBe(true);
    expect(expressionAt("a {{ b }} c", 5)?.start).toBe(4);
    expect(expressionAt("a {{ b }} c", 1)).toBeNull();
  });
});

describe("literal and expression", () => {
  it.each([
    [5, "{{ 5 }}"],
    [true, "{{ true }}"],
    [["a", "{{ load.x }}"], "{{ ['a', load.x] }}"],
    [{ "it's": "n {{ load.n }}!" }, "{{ {'it\\'s': 'n ' + str(load.n) + '!'} }}"],
  ])("makes %j an expression", (value, source) => {
    expect(toExpression(value, false)).toBe(source);
  });

  it("leaves a text as it is where text may stand around", () => {
    expect(toExpression("hello", true)).toBe("hello");
    expect(toExpression("hello", false)).toBe("{{ 'hello' }}");
  });

  it("keeps what of an expression is a literal", () => {
    expect(toLiteral("{{ 5 }}", false)).toBe(5);
    expect(toLiteral("{{ {'a': load.x, 'b': [1, null, 'c\\n']} }}", false)).toEqual({ a: "{{ load.x }}", b: [1, null, "c\n"] });
    expect(toLiteral("{{ load.x }}", false)).toBeUndefined();
    expect(toLiteral("{{ [x for x in load.x] }}", false)).toBeUndefined();
    expect(toLiteral("plain", true)).toBe("plain");
    expect(toLiteral("{{ 5 }}", true)).toBe("5");
  });

  it("comes back to the value it began with", () => {
    const value = { list: [1, -2.5, "x", false, null], text: 'say "it\'s"\n\\', inner: { expression: "{{ a.b[0] }}" } };
    expect(literal(sourceOf(value))).toEqual(value);
  });
});

describe("paths", () => {
  it("writes keys, places and odd names", () => {
    expect(pathSource(["load", "data", "0", "from", "x-id", "it's"])).toBe("load.data[0].from['x-id']['it\\'s']");
  });
});

const text: Target = { value: undefined, textual: true, takesList: false, caret: null };
const mag = { path: ["load", "data", "0", "mag"], list: false };
const data = { path: ["load", "data"], list: true };

describe("dropping a field", () => {
  it("fills an empty param, puts in at the caret, and bare inside an expression", () => {
    const name = { path: ["load", "name"], list: false };
    expect(insert(name, "first", text)).toEqual({ value: "{{ load.name }}", caret: 12 });
    expect(insert(name, "first", { ...text, value: "{{ }}" }).value).toBe("{{ load.name }}");
    expect(insert(name, "first", { ...text, value: "Dear ", caret: 5 })).toEqual({ value: "Dear {{ load.name }}", caret: 20 });
    expect(insert(name, "first", { ...text, value: "{{ upper() }}", caret: 9 }).value).toBe("{{ upper(load.name) }}");
    expect(insert(name, "first", { ...text, value: 5, textual: false }).value).toBe("{{ load.name }}");
    expect(insert(name, "first", { ...text, value: "{{ 1 }}", textual: false }).value).toBe("{{ load.name }}");
    expect(insert(name, "first", { ...text, value: "{{ 1 +  }}", textual: false, caret: 7 }).value).toBe("{{ 1 + load.name }}");
  });

  it("offers first, all and each of a list", () => {
    expect(takings({ path: ["load", "name"], list: false }, text)).toEqual(["first"]);
    expect(takings(data, text)).toEqual(["each", "first", "all"]);
    expect(takings(data, { ...text, takesList: true })).toEqual(["all"]);
    expect(takings(mag, { ...text, takesList: true })).toEqual(["all", "first", "each"]);
  });

  it("says first, all and each as expressions", () => {
    expect(sourceFor(mag, "first").source).toBe("load.data[0].mag");
    expect(sourceFor(mag, "all").source).toBe("[x.mag for x in load.data]");
    expect(sourceFor(mag, "each")).toEqual({ source: "item.mag", each: "load.data" });
    expect(sourceFor(data, "first").source).toBe("load.data[0]");
    expect(sourceFor(data, "each")).toEqual({ source: "item", each: "load.data" });
    expect(sourceFor(data, "each", "quake").source).toBe("quake");
  });

  it("reads a field of the param's own items from the item", () => {
    const where: Target = { ...text, textual: false, perItem: true, itemsOf: "load.data" };
    expect(takings(mag, where)).toEqual(["first"]);
    expect(insert(mag, "first", where).value).toBe("{{ item.mag }}");
    expect(takings(mag, { ...where, itemsOf: "other.data" })).toHaveLength(3);
  });
});

describe("shapes", () => {
  it("joins the items of a list", () => {
    const shape = shapeOf([{ a: 1 }, { a: 2, b: "x" }, { b: null }]);
    expect(Object.keys(shape.item?.keys ?? {})).toEqual(["a", "b"]);
    expect(shape.item?.keys?.["b"]?.kind).toBe("text");
  });

  it("follows references and leaves null out", () => {
    const schema = {
      $defs: { Row: { type: "object", properties: { id: { type: "integer", description: "Its number" } } } },
      type: "object",
      properties: { rows: { anyOf: [{ type: "array", items: { $ref: "#/$defs/Row" } }, { type: "null" }] } },
    };
    const rows = shapeOfSchema(schema).keys?.["rows"];
    expect(rows?.kind).toBe("list");
    expect(rows?.item?.keys?.["id"]).toEqual({ kind: "number", help: "Its number" });
  });
});
