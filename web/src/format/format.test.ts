import { describe, expect, it } from "vitest";

import { duration } from "./duration";
import { money } from "./money";
import { moment, relative } from "./moment";
import { percent, size } from "./size";

describe("what people read", () => {
  it.each([
    [5, "5 ms"],
    [1234, "1.2 s"],
    [184_000, "3 min 4 s"],
    [7_500_000, "2 h 5 min"],
    [273_600_000, "3 d 4 h"],
    [null, "–"],
  ])("%s ms is %s", (ms, said) => expect(duration(ms)).toBe(said));

  it.each([
    ["12.5", "$12.50"],
    ["0.0000123", "$0.0000123"],
    ["0.3", "$0.30"],
    ["0.0864", "$0.0864"],
    ["0", "$0.00"],
    [null, "–"],
    ["no number", "–"],
  ])("%s dollars are %s", (amount, said) => expect(money(amount)).toBe(said));

  it.each([
    [0, "0 B"],
    [1536, "1.5 KiB"],
    [256 * 1024 * 1024, "256 MiB"],
    [null, "–"],
  ])("%s bytes are %s", (bytes, said) => expect(size(bytes)).toBe(said));

  it("says shares with a digit only where it matters", () => {
    expect(percent(0.056)).toBe("5.6 %");
    expect(percent(0.5)).toBe("50 %");
  });

  it("says times in the zone that was asked for", () => {
    expect(moment("2026-01-01T00:30:00Z", "full", "America/New_York")).toContain("Dec 31, 2025");
  });

  it("says how long ago, and how long until", () => {
    const now = Date.parse("2026-01-01T12:00:00Z");
    expect(relative("2026-01-01T11:58:00Z", now)).toBe("2 min. ago");
    expect(relative("2026-01-01T15:00:01Z", now)).toBe("in 3 hr.");
  });
});
