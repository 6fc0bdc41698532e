import { describe, expect, it } from "vitest";

import { byDay } from "./calendar";
import { pastByDay, together, type Counted, type Slot } from "./past";

const slot = (at: string, more: Partial<Slot> = {}): Slot => ({
  at, schedule_id: "s1", name: "mornings", bot_id: "b1", bot_name: "report", deleted: false, outcome: "fired", detail: "", run_id: "r1",
  run_status: "succeeded", ...more,
}); // prettier-ignore
const dense: Counted = {
  schedule_id: "all", name: "all", bot_id: "b1", bot_name: "report", deleted: false, cron: "* * * * *",
  days: [{ day: "2026-11-25", due: 1440, fired: 1440, skipped: 0, refused: 0, failed: 3 }, { day: "2026-11-24", due: 2, fired: 1, skipped: 1, refused: 0, failed: 0 }],
}; // prettier-ignore

describe("days that have passed", () => {
  it("show what became of each time", () => {
    const slots = [
      slot("2026-11-25T09:00:00Z"),
      slot("2026-11-25T10:00:00Z", { schedule_id: "s2", run_status: "failed" }),
      slot("2026-11-25T11:00:00Z", { schedule_id: "s3", run_status: null }),
      slot("2026-11-25T12:00:00Z", { schedule_id: "s4", outcome: "refused", run_id: null, run_status: null, detail: "archived" }),
      slot("2026-11-25T13:00:00Z", { schedule_id: "s5", run_status: "running" }),
    ];
    const shown = pastByDay(slots, [], "UTC").get("2026-11-25")?.map(({ state, run }) => [state?.tone, state?.text, run]);
    expect(shown).toEqual([
      ["good", "succeeded", "r1"],
      ["bad", "failed", "r1"],
      ["quiet", "started", "r1"],
      ["bad", "not started", undefined],
      ["busy", "running", "r1"],
    ]);
  });

  it("are the viewer's", () => expect([...pastByDay([slot("2026-11-25T23:30:00Z")], [], "Europe/Madrid").keys()]).toEqual(["2026-11-26"]));

  it("count what was due often, and say if any of it failed", () => {
    const often = [6, 7, 8, 9].map((hour) => slot(`2026-11-25T0${hour}:00:00Z`, { run_status: hour === 8 ? "timed_out" : "succeeded" }));
    const days = pastByDay(often, [dense], "UTC");
    expect(days.get("2026-11-25")?.map(({ count, state }) => [count, state?.tone, state?.text])).toEqual([
      [1440, "bad", "3 failed"],
      [4, "bad", "1 failed"],
    ]);
    expect(days.get("2026-11-24")?.[0]?.state).toEqual({ tone: "warn", text: "" });
  });
});

describe("past and future together", () => {
  const now = Date.parse("2026-11-26T12:00:00Z");
  const fire = (at: string) => ({ schedule_id: "s1", name: "mornings", bot_name: "report", paused: false, at });

  it("take from what was and from what comes their own days, and of today both", () => {
    const past = pastByDay([slot("2026-11-25T09:00:00Z"), slot("2026-11-26T09:00:00Z")], [], "UTC");
    const coming = byDay([fire("2026-11-25T09:00:00Z"), fire("2026-11-26T09:00:00Z"), fire("2026-11-26T15:00:00Z"), fire("2026-11-27T09:00:00Z")], [], "UTC");
    const days = together(past, coming, "2026-11-26", now);
    expect([...days].map(([day, entries]) => [day, entries.map(({ at, state }) => [at?.slice(11, 13), state?.text])])).toEqual([
      ["2026-11-25", [["09", "succeeded"]]],
      ["2026-11-27", [["09", undefined]]],
      ["2026-11-26", [["09", "succeeded"], ["15", undefined]]],
    ]);
  });

  it("leave days on which nothing took place empty", () => {
    const coming = byDay([fire("2026-11-20T09:00:00Z")], [], "UTC");
    expect(together(new Map(), coming, "2026-11-26", now).size).toBe(0);
  });

  it("count what fires all the time once", () => {
    const all = { ...dense, paused: false, days: [{ day: "2026-11-26", count: 1440 }] };
    const past = pastByDay([], [{ ...dense, days: [{ day: "2026-11-26", due: 700, fired: 700, skipped: 0, refused: 0, failed: 0 }] }], "UTC");
    expect(together(past, byDay([], [all], "UTC"), "2026-11-26", now).get("2026-11-26")?.map(({ count }) => count)).toEqual([1440]);
  });
});
