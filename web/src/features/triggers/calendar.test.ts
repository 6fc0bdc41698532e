import { describe, expect, it } from "vitest";

import { addDays, addMonths, byDay, dayOf, isDay, monthOf, periods, weekOf } from "./calendar";

describe("days", () => {
  it("belong to the viewer's zone", () => {
    expect(dayOf("2026-01-01T00:30:00Z", "America/New_York")).toBe("2025-12-31");
    expect(dayOf("2026-01-01T23:30:00Z", "Europe/Madrid")).toBe("2026-01-02");
  });

  it("are counted over changes of clocks, months and years", () => {
    expect(addDays("2026-03-28", 2)).toBe("2026-03-30");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
    expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
    expect(addMonths("2026-01-15", -1)).toBe("2025-12-15");
  });

  it("stand in weeks that begin where the viewer's do", () => {
    expect(weekOf("2026-11-26")[0]).toBe("2026-11-23");
    expect(weekOf("2026-11-26", 7)[0]).toBe("2026-11-22");
    expect(weekOf("2026-11-22", 1)[0]).toBe("2026-11-16");
  });

  it("fill whole weeks of a month", () => {
    const weeks = monthOf("2026-11-26");
    expect(weeks).toHaveLength(6);
    expect(weeks[0]?.[0]).toBe("2026-10-26");
    expect(weeks[5]?.[6]).toBe("2026-12-06");
    expect(monthOf("2027-02-10")).toHaveLength(4);
  });

  it("are not everything that an address may say", () => {
    expect(isDay("2026-11-26")).toBe(true);
    expect(isDay("2026-13-40")).toBe(false);
    expect(isDay("<b>")).toBe(false);
  });
});

describe("what fires on a day", () => {
  const fire = (schedule_id: string, at: string) => ({ schedule_id, name: schedule_id, bot_name: "b", paused: false, at });

  it("is listed by time, and counted when it is too often to list", () => {
    const often = [6, 8, 10, 12].map((hour) => fire("often", `2026-11-26T${String(hour).padStart(2, "0")}:00:00Z`));
    const dense = { schedule_id: "all", name: "all", bot_name: "b", paused: false, cron: "* * * * *", days: [{ day: "2026-11-26", count: 1440 }] };
    const days = byDay([fire("late", "2026-11-26T09:00:00Z"), ...often, fire("early", "2026-11-26T00:30:00Z")], [dense], "UTC");
    const shown = days.get("2026-11-26")?.map((entry) => [entry.schedule, entry.count]);
    expect(shown).toEqual([
      ["all", 1440],
      ["early", 1],
      ["often", 4],
      ["late", 1],
    ]);
  });

  it("is on the viewer's day", () => {
    const days = byDay([fire("one", "2026-11-26T23:30:00Z")], [], "Europe/Madrid");
    expect([...days.keys()]).toEqual(["2026-11-27"]);
  });
});

describe("the moments that are asked for", () => {
  it("reach a day beyond each end, in pieces of at most 31 days", () => {
    const days = monthOf("2026-11-26").flat();
    expect(periods(days)).toEqual([
      { since: "2026-10-25T00:00:00Z", until: "2026-11-25T00:00:00Z" },
      { since: "2026-11-25T00:00:00Z", until: "2026-12-08T00:00:00Z" },
    ]);
    expect(periods(weekOf("2026-11-26"))).toEqual([{ since: "2026-11-22T00:00:00Z", until: "2026-12-01T00:00:00Z" }]);
  });
});
