import { describe, expect, it } from "vitest";

import { nextChange } from "./clocks";

const from = Date.parse("2026-11-26T04:00:00Z");

describe("the next change of clocks", () => {
  it.each([
    ["Europe/Madrid", "2027-03-28T01:00:00.000Z", true, 60],
    ["America/New_York", "2027-03-14T07:00:00.000Z", true, 60],
    ["Australia/Lord_Howe", "2027-04-03T15:00:00.000Z", false, 30],
  ])("of %s", (zone, at, forward, minutes) => {
    const change = nextChange(zone, from);
    expect(change && { ...change, at: new Date(change.at).toISOString() }).toEqual({ at, forward, minutes });
  });

  it.each(["UTC", "Asia/Tokyo"])("%s has none", (zone) => expect(nextChange(zone, from)).toBeNull());
});
