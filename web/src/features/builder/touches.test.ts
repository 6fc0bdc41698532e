import { describe, expect, it } from "vitest";

import type { Permissions, Plan } from "./documents";
import { ofPlan, touchesOf } from "./touches";

const NOTHING: Permissions = {
  network: [],
  secrets: [],
  models: false,
  budget_per_run: null,
  dependencies: [],
  state: false,
  calls: [],
  events: [],
};

function plan(permissions: Partial<Permissions>, schedules: string[] = []): Plan {
  return { kind: "plan", name: "a", title: "A", steps: [], permissions: { ...NOTHING, ...permissions }, schedules, tests: [], notes: [] };
}

describe("touchesOf", () => {
  it("says of a bot that asks for nothing that it asks for nothing", () => {
    const found = touchesOf(ofPlan(plan({})));
    expect(found.map((one) => [one.key, one.none])).toEqual([
      ["network", true],
      ["secrets", true],
      ["money", true],
      ["starts", true],
    ]);
  });

  it("names every host and secret", () => {
    const [network, secrets] = touchesOf(ofPlan(plan({ network: ["a.example", "b.example"], secrets: ["TOKEN"] })));
    expect(network?.lines).toEqual(["It may reach a.example.", "It may reach b.example."]);
    expect(secrets).toMatchObject({ lines: ["It may read TOKEN."], none: false });
  });

  it("says when it starts in the words that were understood, where they are as many as the schedules", () => {
    const schedules = ["0 9 * * mon-fri (Europe/Madrid)"];
    const lines = (says?: string[]) => touchesOf(ofPlan(plan({}, schedules), says))[3]?.lines;
    expect(lines(["Starts on weekdays at 09:00."])).toEqual(["Starts on weekdays at 09:00."]);
    expect([lines(), lines(["On mondays.", "On fridays."])]).toEqual([schedules, schedules]);
  });

  it("says what a run may cost", () => {
    const money = touchesOf(ofPlan(plan({ models: true, budget_per_run: "0.05 USD" })))[2];
    expect(money).toMatchObject({ lines: ["It asks models, for up to 0.05 USD a run."], none: false });
  });

  it("says the rest only where there is some", () => {
    const more = touchesOf(ofPlan(plan({ state: true, calls: ["mailer"], dependencies: ["httpx"] })))[4];
    expect(more?.lines).toHaveLength(3);
  });
});
