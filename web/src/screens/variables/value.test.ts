import { expect, test } from "vitest";

import { shownValue, valueOf } from "./value";

test.each([["eu-west", "eu-west"], ["12", 12], ["-1.5", -1.5], ["true", true], ["null", null], ['{"a": [1]}', { a: [1] }], ['"12"', "12"], ["12 monkeys", "12 monkeys"], ["{broken", "{broken"]])(
  "%s is read",
  (typed, value) => expect(valueOf(typed)).toEqual(value),
);

test.each(["plain", "12", "true", " spaced ", "", 12, null, true, { a: 1 }, ["x"], '"quoted"', "{broken"])("%j is shown so that it comes back", (value) =>
  expect(valueOf(shownValue(value))).toEqual(value),
);
