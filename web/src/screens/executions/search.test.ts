import { expect, test } from "vitest";

import { filterOf, isNarrow, statusesOf } from "./search";

test("an address says what is listed; what it does not know is left out", () => {
  const search = { status: "failed,nonsense,dead", since: "1h", tag: "nightly" };
  expect(statusesOf(search)).toEqual(["failed", "dead"]);
  expect(filterOf(search, Date.parse("2026-05-01T12:00:30Z"))).toEqual({ status: ["failed", "dead"], tag: "nightly", since: "2026-05-01T11:00:00.000Z" });
  expect(filterOf({ since: "nonsense" }, 0)).toEqual({});
  expect([isNarrow({}), isNarrow({ status: "" }), isNarrow(search)]).toEqual([false, false, true]);
});
