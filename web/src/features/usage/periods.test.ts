import { describe, expect, it } from "vitest";

import { filled, windowOf } from "./periods";

const NOW = new Date("2026-03-10T10:30:00Z");

describe("periods of reports", () => {
  it("begin with the month in UTC unless another is asked for", () => {
    expect(windowOf(undefined, NOW)).toEqual({ since: "2026-03-01T00:00:00.000Z", step: "day" });
    expect(windowOf("nonsense", NOW).since).toBe("2026-03-01T00:00:00.000Z");
    expect(windowOf(undefined, new Date("2026-03-02T00:10:00Z")).step).toBe("hour");
  });

  it("begin at a whole hour", () => expect(windowOf("day", NOW)).toEqual({ since: "2026-03-09T10:00:00.000Z", step: "hour" }));

  it("have a zero where nothing happened", () => {
    const point = { at: "2026-03-09T12:00:00Z", cost: "2" };
    const series = filled([point], windowOf("day", NOW), NOW, (one) => Number(one.cost));
    expect(series.at).toHaveLength(25);
    expect(series.values.filter((value) => value === 2)).toHaveLength(1);
    expect(series.values[2]).toBe(2);
  });
});
