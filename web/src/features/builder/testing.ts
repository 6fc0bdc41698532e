/** Sessions for tests. */
import type { Reviewed, Session } from "./documents";

export const BOT = { id: "0198", name: "sort-people" };

export function session(change: Partial<Session> = {}): Session {
  return {
    id: "0197",
    title: "sort people.csv by name",
    status: "working",
    engine: "recipes",
    wanted_engine: "recipes",
    dry_run: false,
    at: null,
    bot: null,
    budget_usd: null,
    changes: null,
    cost_usd: "0",
    created_at: "2026-11-22T09:00:00Z",
    updated_at: "2026-11-22T09:00:00Z",
    error: null,
    error_code: null,
    max_rounds: 3,
    messages: [],
    missing_secrets: [],
    offer: null,
    proposal_id: null,
    questions: [],
    review: null,
    rounds: 0,
    stages: [],
    understood: [],
    version: null,
    ...change,
  };
}

export function review(change: Partial<Reviewed> = {}): Record<string, unknown> {
  const plain: Reviewed = {
    kind: "reviewed",
    name: BOT.name,
    title: "Sort people",
    does: ["Sorts the rows of people.csv by name."],
    assumed: [],
    schedules: [],
    permissions: { network: [], secrets: [], models: false, budget_per_run: null, dependencies: [], state: false, calls: [], events: [] },
    wider: [],
    secrets: [],
    cost: { says: "", most_per_run_usd: null, runs_per_month: null, most_per_month_usd: null },
    warnings: [],
    tests: [],
    tested: true,
    changes: [],
    ...change,
  };
  return { ...plain };
}

/** A row of a stage that holds. */
export function row(stage: string, document: Record<string, unknown> | null, change: Partial<Session["stages"][number]> = {}): Session["stages"][number] {
  return {
    number: 1,
    stage,
    round: 1,
    status: "done",
    holds: true,
    document,
    error: null,
    edited_by: null,
    cost_usd: "0",
    started_at: "2026-11-22T09:00:00Z",
    ended_at: "2026-11-22T09:00:02Z",
    ...change,
  };
}
