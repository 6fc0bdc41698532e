/** A schedule as its form holds it, and the requests that come of it. */
import type { Schedule, Schemas } from "../../api/types";
import { toCron, toPlan, usualPlan, type Plan } from "./cron";

export interface Draft {
  bot: string;
  plan: Plan;
  zone: string;
  name: string;
  misfire: Schedule["misfire"];
  environment: string;
  /** JSON, as it is typed. */
  input: string;
  /** Files that were uploaded in this form: name → id of the upload. */
  added: Record<string, string>;
  /** Names of files that the schedule had and shall lose. */
  dropped: string[];
}

export function newDraft(bot: string, zone: string): Draft {
  return { bot, plan: usualPlan(), zone, name: "", misfire: "once", environment: "", input: "{}", added: {}, dropped: [] };
}

export function draftOf(one: Schedule): Draft {
  return {
    bot: one.bot_name,
    plan: toPlan(one.cron),
    zone: one.timezone,
    name: one.name,
    misfire: one.misfire,
    environment: one.environment ?? "",
    input: JSON.stringify(one.input ?? {}, null, 2),
    added: {},
    dropped: [],
  };
}

/** The arguments, or null while what is typed is no JSON object. */
export function inputOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text.trim() || "{}");
    return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function creation(draft: Draft): Partial<Schemas["NewSchedule"]> {
  return {
    bot: draft.bot,
    cron: toCron(draft.plan),
    timezone: draft.zone,
    ...(draft.name && { name: draft.name }),
    misfire: draft.misfire,
    ...(draft.environment && { environment: draft.environment }),
    input: inputOf(draft.input) ?? {},
    files: draft.added,
  };
}

/** Of a schedule of a manifest only what may be changed by hand. */
export function changeOf(draft: Draft, before: Schedule): Partial<Schemas["ScheduleChange"]> {
  const files = { ...Object.fromEntries(draft.dropped.map((name) => [name, null])), ...draft.added };
  const always = { input: inputOf(draft.input) ?? {}, ...(Object.keys(files).length > 0 && { files }) };
  if (before.origin === "manifest") return always;
  const cron = toCron(draft.plan);
  return {
    ...always,
    ...(cron !== before.cron && { cron }),
    ...(draft.zone !== before.timezone && { timezone: draft.zone }),
    ...(draft.name && draft.name !== before.name && { name: draft.name }),
    misfire: draft.misfire,
    ...(draft.environment && { environment: draft.environment }),
  };
}
