import { expect, test } from "vitest";

import { beside } from "./steps";

const WINDOW = { width: 1440, height: 900 };

test("the card stands beside its target, and below it where there is no room", () => {
  expect(beside({ left: 100, top: 200, width: 180, height: 60 }, WINDOW)).toEqual({ left: 296, top: 200, width: 320 });
  expect(beside({ left: 1200, top: 60, width: 200, height: 30 }, WINDOW)).toEqual({ left: 1104, top: 106, width: 320 });
  expect(beside({ left: 300, top: 860, width: 600, height: 36 }, WINDOW).top).toBe(654);
});

test.each([[390, 844], [320, 480]])("it is inside a window of %i by %i", (width, height) => {
  for (const left of [-50, 0, 200, 380]) {
    for (const top of [0, 300, 800]) {
      const found = beside({ left, top, width: 300, height: 50 }, { width, height });
      expect(found.left).toBeGreaterThanOrEqual(0);
      expect(found.left + found.width).toBeLessThanOrEqual(width);
      expect(found.top).toBeGreaterThanOrEqual(0);
    }
  }
});
