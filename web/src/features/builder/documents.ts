/** The documents that the stages of a session leave, as docs/guides/builder-sessions.md names them. */
import type { Schemas } from "../../api/types";
import { session as texts } from "../../texts/builder";

export type Session = Schemas["SessionView"];
export type Summary = Schemas["SessionSummary"];
export type StageRow = Schemas["StageView"];
export type Role = "trigger" | "source" | "step" | "output";

export interface Part {
  role: Role;
  words: string;
  says: string;
  block: string;
  slots: Record<string, string>;
}

export interface Requirements {
  kind: "requirements";
  goal: string;
  parts: Part[];
  assumed: string[];
  errors: string[];
}

export interface Permissions {
  network: string[];
  secrets: string[];
  models: boolean;
  budget_per_run: string | null;
  dependencies: string[];
  state: boolean;
  calls: string[];
  events: string[];
}

export interface Plan {
  kind: "plan";
  name: string;
  title: string;
  steps: string[];
  permissions: Permissions;
  schedules: string[];
  tests: string[];
  notes: string[];
}

export interface Written {
  kind: "written";
  files: Record<string, string>;
  notes: string[];
}

export interface Finding {
  stage: "checks" | "tests";
  code: string;
  file: string;
  line: number;
  message: string;
  severity: "error" | "warning" | "note";
}

export interface Checked {
  kind: "checked";
  findings: Finding[];
  skipped: string[];
}

export interface Case {
  name: string;
  outcome: string;
  message: string;
}

export interface Tested {
  kind: "tested";
  proof: string;
  tests: number;
  passed: number;
  failed: number;
  cases: Case[];
  reason: string;
}

export interface Reviewed {
  kind: "reviewed";
  name: string;
  title: string;
  does: string[];
  assumed: string[];
  schedules: string[];
  /** Sessions of older releases have none. */
  starts?: string[];
  permissions: Permissions;
  wider: string[];
  secrets: { name: string; is_set: boolean; command: string }[];
  cost: { says: string; most_per_run_usd: string | null; runs_per_month: number | null; most_per_month_usd: string | null };
  warnings: string[];
  tests: Case[];
  tested: boolean;
  changes: { path: string; change: string; diff: string }[];
}

interface Documents {
  requirements: Requirements;
  plan: Plan;
  code: Written;
  checks: Checked;
  tests: Tested;
}

export type Stage = keyof Documents;
export const STAGES = ["requirements", "plan", "code", "checks", "tests", "review", "publish"] as const;

const KINDS: Record<Stage, string> = { requirements: "requirements", plan: "plan", code: "written", checks: "checked", tests: "tested" };
/** Nothing happens to these any more. */
const OVER = new Set(["published", "cancelled"]);

export function rowOf(session: Session, stage: string): StageRow | undefined {
  return session.stages.find((row) => row.stage === stage);
}

/** The newest document of a stage, also one that is out of date; not a question or a refusal that stands in its place. */
export function documentOf<S extends Stage>(session: Session, stage: S): Documents[S] | undefined {
  const document = rowOf(session, stage)?.document;
  return document?.kind === KINDS[stage] ? (document as unknown as Documents[S]) : undefined;
}

export function reviewOf(session: Session): Reviewed | undefined {
  return (session.review as unknown as Reviewed | null) ?? undefined;
}

export function isOver(session: Session): boolean {
  return OVER.has(session.status);
}

/** What the session is called: its bot, once there is a name for it. */
export function nameOf(session: Session): string | undefined {
  return session.bot?.name ?? reviewOf(session)?.name ?? documentOf(session, "plan")?.name;
}

/** How a stage stands, in one word of `session.stageState`. */
export function stateOf(session: Session, stage: string): string {
  const row = rowOf(session, stage);
  if (!row) return "waiting";
  if (row.status === "running" || row.status === "lost") return session.status === "working" ? row.status : "lost";
  if (!row.holds && row.status === "done") return "outdated";
  return row.status;
}

/** Answers come as `question: answer`, each of a line or more; which question it was is of no use later. An empty one left something out. */
export function answersIn(text: string): string[] {
  return text.split("\n").map((line) => {
    const answer = /^[^\s:]+: ?(.*)$/.exec(line)?.[1] ?? line;
    return answer === "" && line !== "" ? texts.questions.leftOut : answer;
  });
}
