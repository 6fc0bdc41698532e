/** A schedule as its form holds it, and the requests that come of it. Pure. */
import type { Schedule, Schemas } from "../../api/types";
import { filesOf, type GivenFile } from "../forms/files";
import { placed, type Slot } from "../forms/needs";
import { isObject, resolve, type JsonObject, type Schema } from "../forms/schema";
import { initialInput } from "../forms/values";
import { toCron, toPlan, usualPlan, type Plan } from "./cron";

export interface Draft {
  bot: string;
  plan: Plan;
  zone: string;
  name: string;
  misfire: Schedule["misfire"];
  /** "": the usual one. */
  environment: string;
  /** undefined: nobody touched it. */
  input: JsonObject | undefined;
  files: readonly GivenFile[];
}

export function newDraft(bot: string, zone: string): Draft {
  return { bot, plan: usualPlan(), zone, name: "", misfire: "once", environment: "", input: undefined, files: [] };
}

export function draftOf(one: Schedule): Draft {
  return {
    bot: one.bot_name,
    plan: toPlan(one.cron),
    zone: one.timezone,
    name: one.name,
    misfire: one.misfire,
    environment: one.environment ?? "",
    input: isObject(one.input) ? one.input : {},
    files: one.files.map(({ name, size }) => ({ key: `kept ${name}`, name, size, kept: true })),
  };
}

/** What the form shows as input. */
export function shownInput(draft: Draft, schema: Schema | undefined): JsonObject {
  return { ...initialInput(schema), ...draft.input };
}

/** What is sent of it: of an input that nobody touched only what must be given, so that the bot's own defaults hold. */
export function sentInput(draft: Draft, schema: Schema | undefined): JsonObject {
  if (draft.input) return draft.input;
  const required = resolve({}, schema).required ?? [];
  return Object.fromEntries(Object.entries(initialInput(schema)).filter(([name]) => required.includes(name)));
}

export function creation(draft: Draft, schema?: Schema, slots: readonly Slot[] = []): Partial<Schemas["NewSchedule"]> {
  return {
    bot: draft.bot,
    cron: toCron(draft.plan),
    timezone: draft.zone,
    ...(draft.name && { name: draft.name }),
    misfire: draft.misfire,
    ...(draft.environment && { environment: draft.environment }),
    input: sentInput(draft, schema),
    files: filesOf(placed(draft.files, slots)),
  };
}

/** What differs from what was; of a schedule of a manifest only what may be changed by hand. */
export function changeOf(draft: Draft, before: Schedule, slots: readonly Slot[] = []): Partial<Schemas["ScheduleChange"]> {
  const files = changedFiles(draft, before, slots);
  const always = {
    ...(draft.input && JSON.stringify(draft.input) !== JSON.stringify(before.input ?? {}) && { input: draft.input }),
    ...(Object.keys(files).length > 0 && { files }),
  };
  if (before.origin === "manifest") return always;
  const cron = toCron(draft.plan);
  return {
    ...always,
    ...(cron !== before.cron && { cron }),
    ...(draft.zone !== before.timezone && { timezone: draft.zone }),
    ...(draft.name && draft.name !== before.name && { name: draft.name }),
    ...(draft.misfire !== before.misfire && { misfire: draft.misfire }),
    // null empties it: the usual one again.
    ...(draft.environment !== (before.environment ?? "") && { environment: draft.environment || null }),
  };
}

/** Name → upload of what is new, and null for what the schedule had and shall lose. */
function changedFiles(draft: Draft, before: Schedule, slots: readonly Slot[]): Record<string, string | null> {
  const given = placed(draft.files, slots);
  const gone = before.files.filter(({ name }) => given.every((file) => file.name !== name));
  return { ...Object.fromEntries(gone.map(({ name }) => [name, null])), ...filesOf(given) };
}
