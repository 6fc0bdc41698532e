import { expect, it } from "vitest";

import { daysBefore } from "./days";

it("asks from the beginning of a day", () => {
  expect(daysBefore(new Date("2026-03-30T12:34:56Z"), 30)).toBe("2026-02-28T00:00:00Z");
});
