/** Days as `2026-03-01` in the viewer's zone, and what fires on them. Days are counted without clocks, so no change of clocks shifts them. */

export type Day = string;

/** One fire of a schedule. */
export interface Fire {
  schedule: string;
  name: string;
  bot: string;
  at: string;
}

/** What a day shows of a schedule: one time, or how many when it fires too often to list. */
export interface Entry {
  key: string;
  schedule: string;
  name: string;
  bot: string;
  at: string;
  last: string;
  count: number;
}

const DAY_MS = 86_400_000;
const LISTED = 3;
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

/** Fires by day, each day in the order of its times; what fires often on a day is one entry with a number. */
export function byDay(fires: readonly Fire[], zone: string | undefined): Map<Day, Entry[]> {
  const days = new Map<Day, Map<string, Fire[]>>();
  for (const fire of [...fires].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const day = dayOf(fire.at, zone);
    const schedules = days.get(day) ?? new Map<string, Fire[]>();
    days.set(day, schedules);
    schedules.set(fire.schedule, [...(schedules.get(fire.schedule) ?? []), fire]);
  }
  return new Map([...days].map(([day, schedules]) => [day, [...schedules.values()].flatMap(entries).sort(earlier)]));
}

function entries(fires: Fire[]): Entry[] {
  const [first] = fires;
  if (!first) return [];
  const last = fires[fires.length - 1]?.at ?? first.at;
  if (fires.length > LISTED) return [{ ...first, key: first.schedule, last, count: fires.length }];
  return fires.map((fire) => ({ ...fire, key: `${fire.schedule} ${fire.at}`, last: fire.at, count: 1 }));
}

function earlier(a: Entry, b: Entry): number {
  return Date.parse(a.at) - Date.parse(b.at) || a.bot.localeCompare(b.bot);
}
