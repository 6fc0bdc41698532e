const DAY_MS = 86_400_000;

/** The beginning (UTC) of the day so many days before, so that all questions of one day are the same question. */
export function daysBefore(now: Date, days: number): string {
  return `${new Date(now.getTime() - days * DAY_MS).toISOString().slice(0, 10)}T00:00:00Z`;
}
