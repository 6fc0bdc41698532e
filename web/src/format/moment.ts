/** Times in the viewer's zone, or in the one that was chosen in the settings. */
import { preferences } from "../api/preferences";

type Style = "full" | "short" | "day" | "time";

const OPTIONS: Record<Style, Intl.DateTimeFormatOptions> = {
  full: { dateStyle: "medium", timeStyle: "medium" },
  short: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  day: { dateStyle: "medium" },
  time: { timeStyle: "medium" },
};
const formats = new Map<string, Intl.DateTimeFormat>();

function format(style: Style, zone: string | undefined): Intl.DateTimeFormat {
  const key = `${style} ${zone ?? ""}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(undefined, { ...OPTIONS[style], timeZone: zone });
    formats.set(key, found);
  }
  return found;
}

export function moment(at: string | number | Date, style: Style = "full", zone = preferences.get().zone): string {
  return format(style, zone).format(new Date(at));
}

const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const STEPS: [limit: number, unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86_400, "hour", 3600],
  [30 * 86_400, "day", 86_400],
  [365 * 86_400, "month", 30 * 86_400],
];

/** `2 min. ago`, `in 3 hr.`; `now` is given so that it can be tested. */
export function relative(at: string | number | Date, now: number = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const [, unit, each] = STEPS.find(([limit]) => Math.abs(seconds) < limit) ?? [0, "year" as const, 365 * 86_400];
  return RELATIVE.format(Math.trunc(seconds / each), unit);
}
