import { expect, test } from "vitest";

import { begun, inputsOf, read } from "./inputs";

const INPUTS = inputsOf({
  n: { type: "number", default: 4.5 },
  count: { type: "integer" },
  word: { type: "string", "x-secret": true },
  on: { type: "boolean" },
  size: { enum: ["s", "m"], default: "m" },
  list: { type: ["array", "null"], items: { type: "string" } },
});

test("each schema gets the control that fits it", () => {
  expect(INPUTS.map((one) => [one.name, one.control, one.required])).toEqual([
    ["n", "number", false], ["count", "number", true], ["word", "secret", true], ["on", "switch", true], ["size", "choice", false], ["list", "json", false],
  ]);
});

test("a form begins with what was given last, and is read by the schemas", () => {
  const form = begun(INPUTS, { n: 6, list: ["a"] });
  expect(form).toMatchObject({ n: 6, count: "", on: false, size: "m" });
  expect(read(INPUTS, form)).toEqual({ values: { n: 6, word: "", on: false, size: "m", list: ["a"] }, wrong: new Map([["count", "missing"]]) });
  expect(read(INPUTS, { ...form, count: 2, list: "[1" }).wrong).toEqual(new Map([["list", "json"]]));
});
