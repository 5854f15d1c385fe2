import { expect, test } from "vitest";

import { asTyped, begun, chosen, pieces, withIds } from "./mentions";

const ADA = { id: "01m8j3vtv38njyqt2x1mmb01bp", name: "Ada" };
const LOVELACE = { id: "01m8j3vtv38njyqt2x1mmb01bq", name: "Ada Lovelace" };
const PEOPLE = [ADA, LOVELACE];

test("names become ids and ids become names", () => {
  const kept = withIds("Ask @Ada Lovelace, not @Ada.", PEOPLE);
  expect(kept).toBe(`Ask @${LOVELACE.id}, not @${ADA.id}.`);
  expect(asTyped(kept, PEOPLE)).toBe("Ask @Ada Lovelace, not @Ada.");
  expect(pieces(kept).map((one) => one.mention)).toEqual([undefined, LOVELACE.id, undefined, ADA.id, undefined]);
});

test("a mention begins with @ after a space, and nowhere else", () => {
  expect(begun("Hello @Lo", 9)).toBe("lo");
  expect(begun("@", 1)).toBe("");
  expect(begun("ada@example.org", 15)).toBeNull();
  expect(begun("Hello @Lo and more", 18)).toBeNull();
});

test("choosing a name puts it where it was begun", () => {
  expect(chosen("Hello @lo, see", 9, "Ada Lovelace")).toBe("Hello @Ada Lovelace , see");
  expect(chosen("@l", 2, "Ada")).toBe("@Ada ");
});

test("what only looks like a mention stays text", () => {
  expect(pieces("mail@example.org and @nobody")).toEqual([{ text: "mail@example.org and @nobody" }]);
});
