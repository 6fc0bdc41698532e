/** Periods that reports are asked for, as moments. Whole hours, because the ledger is summed by hour. */

export const PERIODS = ["month", "day", "week", "days30", "days90"] as const;
const HOUR_MS = 3_600_000;
const DAYS: Record<string, number> = { day: 1, week: 7, days30: 30, days90: 90 };

export interface Window {
  since: string;
  step: "hour" | "day";
}

/** Months begin in UTC, as budgets do. An unknown period is this month. */
export function windowOf(period: string | undefined, now: Date): Window {
  const days = DAYS[period ?? ""];
  if (days === undefined) {
    const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
    return { since: first.toISOString(), step: now.getTime() - first.getTime() > 3 * 24 * HOUR_MS ? "day" : "hour" };
  }
  const since = new Date(Math.floor((now.getTime() - days * 24 * HOUR_MS) / HOUR_MS) * HOUR_MS);
  return { since: since.toISOString(), step: days > 2 ? "day" : "hour" };
}

/** Points with a zero for each step that has none: a gap in a chart would say that nobody knows. */
export function filled<T extends { at: string }>(points: readonly T[], window: Window, until: Date, read: (point: T) => number) {
  const step = window.step === "hour" ? HOUR_MS : 24 * HOUR_MS;
  const begin = Math.floor(new Date(window.since).getTime() / step) * step;
  const known = new Map(points.map((point) => [Math.floor(new Date(point.at).getTime() / step) * step, read(point)]));
  const at: number[] = [];
  const values: number[] = [];
  for (let time = begin; time <= until.getTime(); time += step) {
    at.push(time / 1000);
    values.push(known.get(time) ?? 0);
  }
  return { at, values };
}
