/** Names of days and months. Days have no zone: they are read as UTC and said as UTC. */
import type { Day } from "./calendar";

const named = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" });
  return (day: Day) => format.format(new Date(day));
};

export const monthTitle = named({ month: "long", year: "numeric" });
export const dayTitle = named({ weekday: "short", month: "short", day: "numeric" });
export const longDay = named({ weekday: "long", month: "long", day: "numeric" });
export const weekdayName = named({ weekday: "short" });

const clocks = new Map<string, Intl.DateTimeFormat>();

/** `09:00`, by the clock of the viewer. */
export function clockTime(at: string, zone: string | undefined): string {
  let format = clocks.get(zone ?? "");
  if (!format) {
    format = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
    clocks.set(zone ?? "", format);
  }
  return format.format(new Date(at));
}
