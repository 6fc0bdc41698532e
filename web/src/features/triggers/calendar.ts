/** Days as `2026-03-01` in the viewer's zone, and what fires on them. Days are counted without clocks, so no change of clocks shifts them. */

export type Day = string;

/** One fire of a schedule, as the API tells it. */
export interface Fire {
  schedule_id: string;
  name: string;
  bot_name: string;
  at: string;
  paused: boolean;
}

/** A schedule that fires too often to tell each time. */
export interface Dense {
  schedule_id: string;
  name: string;
  bot_name: string;
  paused: boolean;
  cron: string;
  days: { day: Day; count: number }[];
}

export type Tone = "good" | "bad" | "warn" | "busy" | "quiet";

/** What a day shows of a schedule: one time, or how many when it fires too often to list. */
export interface Entry {
  key: string;
  schedule: string;
  name: string;
  bot: string;
  paused: boolean;
  /** When, or the first of them; null when only their number is known. */
  at: string | null;
  count: number;
  /** Only of what is too often to list. */
  cron?: string;
  /** Only of what has passed: what became of it, its one run, why there is none, and whether the schedule is gone. */
  state?: { tone: Tone; text: string };
  run?: string;
  detail?: string;
  deleted?: boolean;
}

const DAY_MS = 86_400_000;
export const LISTED = 3;
const MOST_DAYS = 31;
const formats = new Map<string, Intl.DateTimeFormat>();

export function dayOf(at: string | number | Date, zone: string | undefined): Day {
  let format = formats.get(zone ?? "");
  if (!format) {
    // Canadian English writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone });
    formats.set(zone ?? "", format);
  }
  return format.format(new Date(at));
}

export function isDay(text: string | undefined): text is Day {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The same day of another month, or that month's last. */
export function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/** The seven days around `day`; weeks begin on `first` (1 Monday … 7 Sunday). */
export function weekOf(day: Day, first = 1): Day[] {
  const back = (new Date(day).getUTCDay() - (first % 7) + 7) % 7;
  return Array.from({ length: 7 }, (_, index) => addDays(day, index - back));
}

/** Whole weeks that hold the month of `day`. */
export function monthOf(day: Day, first = 1): Day[][] {
  const month = day.slice(0, 7);
  const weeks: Day[][] = [];
  for (let week = weekOf(`${month}-01`, first); ; week = weekOf(addDays(week[6] ?? day, 1), first)) {
    if (!week.some((one) => one.startsWith(month))) return weeks;
    weeks.push(week);
  }
}

/** On which day weeks begin where the viewer is. */
export function firstOfWeek(language: string): number {
  const locale = new Intl.Locale(language) as Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}

/** Entries by day: first what fires all the time, then the others in the order of their times. */
export function byDay(fires: readonly Fire[], dense: readonly Dense[], zone: string | undefined): Map<Day, Entry[]> {
  const days = new Map<Day, Entry[]>();
  const put = (day: Day, entry: Entry) => days.set(day, [...(days.get(day) ?? []), entry]);
  for (const { schedule_id: schedule, name, bot_name: bot, paused, cron, days: counted } of dense) {
    for (const { day, count } of counted) {
      // A day at the seam of two questions is counted whole in both.
      const known = days.get(day)?.some((entry) => entry.key === schedule);
      if (count > 0 && !known) put(day, { key: schedule, schedule, name, bot, paused, at: null, count, cron });
    }
  }
  for (const [day, together] of grouped(fires, zone)) entries(together).forEach((entry) => put(day, entry));
  for (const shown of days.values()) shown.sort(earlier);
  return days;
}

/** The fires of one schedule on one day together. */
function grouped(fires: readonly Fire[], zone: string | undefined): [Day, Fire[]][] {
  const groups = new Map<string, [Day, Fire[]]>();
  for (const fire of fires) {
    const day = dayOf(fire.at, zone);
    const key = `${day} ${fire.schedule_id}`;
    const group = groups.get(key) ?? [day, []];
    group[1].push(fire);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function entries(fires: Fire[]): Entry[] {
  const all = fires.map(({ schedule_id: schedule, name, bot_name: bot, paused, at }) => ({
    key: `${schedule} ${at}`, schedule, name, bot, paused, at, count: 1,
  })); // prettier-ignore
  return all.length > LISTED ? all.slice(0, 1).map((first) => ({ ...first, count: all.length })) : all;
}

export function earlier(a: Entry, b: Entry): number {
  return (a.at ? Date.parse(a.at) : 0) - (b.at ? Date.parse(b.at) : 0) || a.bot.localeCompare(b.bot);
}

/** The moments to ask for so that all of these days are known in any zone, in pieces that one question may have. */
export function periods(days: readonly Day[]): { since: string; until: string }[] {
  const first = addDays(days[0] ?? "", -1);
  const end = addDays(days[days.length - 1] ?? "", 2);
  const pieces: { since: string; until: string }[] = [];
  for (let since = first; since < end; since = addDays(since, MOST_DAYS)) {
    const until = addDays(since, MOST_DAYS);
    pieces.push({ since: midnight(since), until: midnight(until < end ? until : end) });
  }
  return pieces;
}

const midnight = (day: Day) => `${day}T00:00:00Z`;
