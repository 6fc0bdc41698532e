/** Between cron expressions and what people mean by them. Anything else stays an expression, which the server checks. */

export type Kind = "minutes" | "hours" | "day" | "weekdays" | "week" | "month" | "cron";

export interface Plan {
  kind: Kind;
  /** Minutes between two fires; only of `minutes`. */
  every: number;
  /** `09:00`; of `hours` only its minutes count. */
  time: string;
  /** 1 Monday … 7 Sunday; only of `week`. */
  weekday: number;
  /** 1 to 31; only of `month`. */
  date: number;
  cron: string;
}

export const INTERVALS = [1, 5, 10, 15, 20, 30];
const NAMES = ["sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const USUAL: Plan = { kind: "weekdays", every: 15, time: "09:00", weekday: 1, date: 1, cron: "0 9 * * mon-fri" };

export function usualPlan(): Plan {
  return { ...USUAL };
}

export function toCron({ kind, every, time, weekday, date, cron }: Plan): string {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  switch (kind) {
    case "minutes":
      return every === 1 ? "* * * * *" : `*/${every} * * * *`;
    case "hours":
      return `${minute} * * * *`;
    case "day":
      return `${minute} ${hour} * * *`;
    case "weekdays":
      return `${minute} ${hour} * * mon-fri`;
    case "week":
      return `${minute} ${hour} * * ${NAMES[weekday] ?? "mon"}`;
    case "month":
      return `${minute} ${hour} ${date} * *`;
    case "cron":
      return cron.trim();
  }
}

const INTERVAL = /^\*(?:\/(\d+))? \* \* \* \*$/;
const HOURLY = /^(\d+) \* \* \* \*$/;
const TIMED = /^(\d+) (\d+) (\*|\d+) \* (\S+)$/;

/** What an expression means, as far as the plain choices can say it. */
export function toPlan(cron: string): Plan {
  const text = cron.trim().toLowerCase().replace(/\s+/g, " ");
  const plan = { ...USUAL, cron: cron.trim() };
  const interval = INTERVAL.exec(text);
  if (interval) {
    const every = Number(interval[1] ?? 1);
    return INTERVALS.includes(every) ? { ...plan, kind: "minutes", every } : { ...plan, kind: "cron" };
  }
  const hourly = HOURLY.exec(text);
  if (hourly && Number(hourly[1]) < 60) return { ...plan, kind: "hours", time: clock(0, Number(hourly[1])) };
  const timed = TIMED.exec(text);
  if (!timed) return { ...plan, kind: "cron" };
  const [, minute, hour, date, weekday = "*"] = timed;
  if (Number(minute) > 59 || Number(hour) > 23) return { ...plan, kind: "cron" };
  const time = clock(Number(hour), Number(minute));
  if (date !== "*") return weekday === "*" ? { ...plan, kind: "month", time, date: Number(date) } : { ...plan, kind: "cron" };
  if (weekday === "*") return { ...plan, kind: "day", time };
  if (weekday === "mon-fri" || weekday === "1-5") return { ...plan, kind: "weekdays", time };
  const named = NAMES.indexOf(weekday);
  const number = named >= 0 ? named || 7 : /^[0-7]$/.test(weekday) ? Number(weekday) || 7 : 0;
  return number ? { ...plan, kind: "week", time, weekday: number } : { ...plan, kind: "cron" };
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** Whether it means "every so often", which decides what a change of clocks does to it. The server has the same rule. */
export function isInterval(cron: string): boolean {
  const [minute = "", hour = ""] = cron.trim().split(/\s+/);
  return minute.includes("*") || hour.includes("*");
}
