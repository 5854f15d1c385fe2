import { expect, test } from "vitest";

import { spanOf, until, withBeginnings } from "./player";
import type { RunEvent } from "./fold";

const at = (second: number): string => new Date(second * 1000).toISOString();
const EVENTS: RunEvent[] = [
  { id: "0.0", kind: "accepted", path: null, at: at(1), data: {} },
  { id: "1.0", kind: "succeeded", path: "slow", at: at(9), data: { started_at: 2_000_000 } },
  { id: "1.1", kind: "succeeded", path: "quick", at: at(4), data: { started_at: 3_000_000 } },
  { id: "1.2", kind: "succeeded", path: "blink", at: at(9), data: { started_at: 9_000_000 } },
  { id: "1.3", kind: "ended", path: null, at: at(9), data: { status: "succeeded" } },
];

test("what was recorded together is shown when it happened, with its beginnings", () => {
  const shown = withBeginnings(EVENTS);
  expect(shown.map((one) => `${one.kind} ${one.path ?? ""}`)).toEqual([
    "accepted ", "started slow", "started quick", "succeeded quick", "succeeded slow", "started blink", "succeeded blink", "ended ",
  ]);
  expect(spanOf(shown)).toEqual({ from: 1000, to: 9000 });
  expect([until(shown, 0), until(shown, 2500), until(shown, 4000), until(shown, 99_000)]).toEqual([0, 2, 4, 8]);
});
