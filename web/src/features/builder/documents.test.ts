import { expect, it } from "vitest";

import { answersIn, documentOf, stateOf, type Session, type StageRow } from "./documents";

function row(stage: string, change: Partial<StageRow> = {}): StageRow {
  return {
    number: 1, stage, round: 1, status: "done", holds: true, document: null, error: null, edited_by: null,
    cost_usd: "0", started_at: "2026-01-01T00:00:00Z", ended_at: null, ...change,
  }; // prettier-ignore
}

function session(status: Session["status"], ...stages: StageRow[]): Session {
  return { status, stages } as unknown as Session;
}

it("takes a question in the place of requirements for no requirements", () => {
  const asking = session("asking", row("requirements", { status: "asked", document: { kind: "asked", questions: [] } }));
  expect(documentOf(asking, "requirements")).toBeUndefined();
});

it("says how a stage stands", () => {
  const working = session("working", row("plan", { status: "running" }), row("code", { holds: false }));
  expect(stateOf(working, "plan")).toBe("running");
  expect(stateOf(working, "code")).toBe("outdated");
  expect(stateOf(working, "tests")).toBe("waiting");
});

it("shows what was left running when it stopped as interrupted", () =>
  expect(stateOf(session("cancelled", row("tests", { status: "running" })), "tests")).toBe("lost"));

it("leaves the ids of questions out of the answers", () =>
  expect(answersIn("schedule-1.time: 9:15\nwords-x: \nb: one\n\ntwo")).toEqual(["9:15", "left out", "one", "", "two"]));
