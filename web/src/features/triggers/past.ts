/** What became of the times that have passed, as the days of a calendar show it. Pure. */
import type { Schemas } from "../../api/types";
import { calendar as texts } from "../../texts/triggers";
import { dayOf, earlier, LISTED, type Day, type Entry, type Tone } from "./calendar";

export type Slot = Schemas["PastSlot"];
export type Counted = Schemas["PastDense"];

const TONES: Record<string, Tone> = { succeeded: "good", failed: "bad", timed_out: "bad", refused: "bad", skipped: "warn", cancelled: "quiet", gone: "quiet" };
const WORST: readonly Tone[] = ["bad", "warn", "busy", "good", "quiet"];

/** `succeeded`, or what else became of it; `gone`: its run is not kept any more. */
function becameOf({ outcome, run_status: status }: Slot): string {
  return outcome === "fired" ? (status ?? "gone") : outcome;
}

const toneOf = (what: string): Tone => TONES[what] ?? "busy";

/** Entries by day in the viewer's zone; a schedule that was due many times on a day is one entry with its number. */
export function pastByDay(slots: readonly Slot[], dense: readonly Counted[], zone: string | undefined): Map<Day, Entry[]> {
  const days = new Map<Day, Entry[]>();
  const put = (day: Day, entries: Entry[]) => days.set(day, [...(days.get(day) ?? []), ...entries]);
  for (const one of dense) for (const day of one.days) put(day.day, [counted(one, day)]);
  const groups = new Map<string, [Day, Slot[]]>();
  for (const slot of slots) {
    const day = dayOf(slot.at, zone);
    const group = groups.get(`${day} ${slot.schedule_id}`) ?? [day, []];
    group[1].push(slot);
    groups.set(`${day} ${slot.schedule_id}`, group);
  }
  for (const [day, together] of groups.values()) put(day, together.length > LISTED ? [many(together)] : together.map(single));
  for (const shown of days.values()) shown.sort(earlier);
  return days;
}

function base({ schedule_id: schedule, name, bot_name: bot, deleted }: Slot | Counted) {
  return { schedule, name, bot, paused: false, deleted };
}

function single(slot: Slot): Entry {
  const what = becameOf(slot);
  const state = { tone: toneOf(what), text: texts.became[what] ?? what };
  return { ...base(slot), key: `${slot.schedule_id} ${slot.at}`, at: slot.at, count: 1, state, run: slot.run_id ?? undefined, detail: slot.detail };
}

function many(slots: Slot[]): Entry {
  const tones = slots.map((slot) => toneOf(becameOf(slot)));
  const tone = WORST.find((one) => tones.includes(one)) ?? "quiet";
  const bad = tones.filter((one) => one === "bad").length;
  const [first] = slots as [Slot];
  return { ...base(first), key: `${first.schedule_id} ${first.at}`, at: first.at, count: slots.length, state: { tone, text: texts.failures(bad) } };
}

function counted(one: Counted, { day, due, failed, refused, skipped }: Counted["days"][number]): Entry {
  const bad = failed + refused;
  const tone = bad > 0 ? "bad" : skipped > 0 ? "warn" : "good";
  return { ...base(one), key: `${one.schedule_id} ${day}`, at: null, count: due, cron: one.cron, state: { tone, text: texts.failures(bad) } };
}

/** What was, up to now, and what comes: of today both. A schedule that fires all the time is counted whole today. */
export function together(past: Map<Day, Entry[]>, coming: Map<Day, Entry[]>, today: Day, now: number): Map<Day, Entry[]> {
  const days = new Map<Day, Entry[]>();
  for (const [day, entries] of past) if (day < today) days.set(day, entries);
  for (const [day, entries] of coming) if (day > today) days.set(day, entries);
  const dense = (coming.get(today) ?? []).filter((entry) => entry.at === null);
  const whole = new Set(dense.map((entry) => entry.schedule));
  const was = (past.get(today) ?? []).filter((entry) => !whole.has(entry.schedule));
  const known = new Set(was.map((entry) => entry.key));
  const next = (coming.get(today) ?? []).filter((entry) => entry.at !== null && Date.parse(entry.at) > now && !known.has(entry.key));
  const shown = [...dense, ...was, ...next];
  if (shown.length > 0) days.set(today, shown.sort(earlier));
  return days;
}
