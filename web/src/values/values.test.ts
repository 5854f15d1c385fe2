import { describe as group, expect, test } from "vitest";

import type { Json } from "@/editor/contracts";
import { runPath, sourceOf } from "./address";
import { whole } from "./copying";
import { describe, fileOf, isImage, opens } from "./kinds";
import { shapeOf } from "./schema";
import { search, type Progress } from "./searching";
import { ValueSource, type Fetch, type Part } from "./source";
import { branchOf, rowAt, rowOf, rowsIn, toggled } from "./tree";

const BIG: Json = {
  rows: Array.from({ length: 250 }, (_, at) => ({ id: at, name: `row ${at}` })),
  text: "x".repeat(1000),
  few: [1, 2],
};

const cut = (one: unknown): unknown => {
  if (typeof one === "string") return one.length > 400 ? { $more: { kind: "text", size: one.length } } : one;
  if (Array.isArray(one)) return one.length > 20 ? { $more: { kind: "list", size: one.length } } : one.map(cut);
  return one;
};

/** The API in small: members of more than twenty entries are cut to their kind and size. */
const fetchOf = (value: Json, asked: string[] = []): Fetch => (place, offset, limit) => {
  asked.push(`${place.join("/")}@${offset}`);
  let here: unknown = value;
  for (const key of place) here = (here as Record<string, unknown>)[key];
  const answer = (kind: Part["kind"], size: number, part: unknown): Promise<Part> => Promise.resolve({ kind, size, offset, value: part });
  if (typeof here === "string") return answer("text", here.length, here.slice(offset, offset + limit));
  if (Array.isArray(here)) return answer("list", here.length, here.slice(offset, offset + limit).map(cut));
  const entries = Object.entries(here as Record<string, unknown>);
  return answer("object", entries.length, Object.fromEntries(entries.slice(offset, offset + limit).map(([key, one]) => [key, cut(one)])));
};

const settle = (): Promise<void> => new Promise((done) => setTimeout(done));

group("addresses", () => {
  test("nodes in bodies are found by item", () => {
    expect(runPath("load")).toBe("load");
    expect(runPath("places.body.place", 3)).toBe("places[3]/place");
    expect(runPath("guard.catch.tell")).toBe("guard[catch]/tell");
    expect(runPath("$inputs")).toBe("$inputs");
  });
  test("paths read as expressions do", () => {
    const address = { execution: "e", node: "places[3]/place", part: "output" } as const;
    expect(sourceOf(address, ["data", "0", "x-id"])).toBe("place.data[0]['x-id']");
    expect(sourceOf({ ...address, node: "$inputs" }, ["n"])).toBe("inputs.n");
  });
});

group("kinds", () => {
  test("markers are told from plain objects", () => {
    expect(describe({ $more: { kind: "list", size: 5000 } })).toEqual({ kind: "list", size: 5000, whole: false });
    expect(describe({ $more: { kind: "list", size: 1 }, other: 1 }).kind).toBe("object");
    expect(describe({ $table: { rows: 7, columns: {} } })).toMatchObject({ kind: "table", size: 7 });
    expect(describe("•••").kind).toBe("masked");
    expect(opens(describe([]))).toBe(false);
    const file = fileOf({ $file: { name: "a.png", size: 3, media_type: "image/png" } });
    expect(file !== null && isImage(file)).toBe(true);
  });
});

group("the tree", () => {
  test("counts a million rows without making them, and finds each", () => {
    let root = branchOf([], 1_000_000);
    root = toggled(root, root, 2, branchOf(["2"], 10));
    root = toggled(root, root, 999_998, branchOf(["999998"], 5));
    expect(rowsIn(root)).toBe(1_000_015);
    expect(rowAt(root, 2)).toMatchObject({ at: 2, level: 1 });
    expect(rowAt(root, 3)).toMatchObject({ at: 0, level: 2 });
    expect(rowAt(root, 12)).toMatchObject({ at: 9, level: 2 });
    expect(rowAt(root, 13)).toMatchObject({ at: 3, level: 1 });
    expect(rowAt(root, 1_000_014)).toMatchObject({ at: 999_999, level: 1 });
    expect(rowAt(root, 1_000_015)).toBeNull();
  });
  test("every row knows its number, however deep, and closing takes all inside away", () => {
    let root = branchOf([], 4);
    const inner = branchOf(["1"], 3);
    root = toggled(root, root, 1, inner);
    root = toggled(root, inner, 2, branchOf(["1", "c"], 2));
    for (let row = 0; row < rowsIn(root); row += 1) {
      const found = rowAt(root, row);
      expect(found === null ? -1 : rowOf(root, found.branch, found.at)).toBe(row);
    }
    expect(rowsIn(toggled(root, root, 1, null))).toBe(4);
  });
});

group("fetching", () => {
  test("a page comes when it is looked at, once, and nothing else does", async () => {
    const asked: string[] = [];
    const source = new ValueSource(fetchOf(BIG, asked));
    expect(source.root()).toBeNull();
    await settle();
    expect(source.root()?.size).toBe(3);
    expect(source.entry(["rows"], 230)).toBeNull();
    expect(source.entry(["rows"], 231)).toBeNull();
    await settle();
    expect(source.entry(["rows"], 230)).toEqual(["230", { id: 230, name: "row 230" }]);
    expect(asked).toEqual(["@0", "rows@200"]);
  });
  test("what stands there whole is not asked for", () => {
    const asked: string[] = [];
    const source = new ValueSource(fetchOf(BIG, asked));
    source.take(["few"], [1, 2]);
    expect(source.entry(["few"], 1)).toEqual(["1", 2]);
    expect(asked).toEqual([]);
  });
  test("searching finds what lies on later pages, in keys and in texts", async () => {
    let last: Progress = { matches: [], looked: 0, done: false };
    await search(fetchOf(BIG), "row 249", (one) => { last = one; }, new AbortController().signal);
    expect(last.done).toBe(true);
    expect(last.matches.map((one) => one.place)).toEqual([["rows", "249", "name"]]);
    await search(fetchOf(BIG), "FEW", (one) => { last = one; }, new AbortController().signal);
    expect(last.matches).toMatchObject([{ place: ["few"], inKey: true }]);
  });
  test("copying gives the value whole", async () => {
    expect(await whole(fetchOf(BIG), [], new AbortController().signal)).toEqual(BIG);
    await expect(whole(fetchOf(BIG), [], new AbortController().signal, 10)).rejects.toThrow();
  });
});

test("a shape tells keys, and which of them may be missing", () => {
  const shape = shapeOf([[{ a: 1, b: "x" }, { a: null }]]);
  expect(shape.items?.keys.map(({ key, optional, shape: one }) => [key, optional, one.kinds])).toEqual([
    ["a", false, ["number", "null"]],
    ["b", true, ["text"]],
  ]);
});
