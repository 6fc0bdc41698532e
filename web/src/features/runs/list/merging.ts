/** What the live stream brings into a list that is newest first, without moving what is being read. Pure. */
import type { Run } from "../../../api/types";

/** Ids grow with time (UUIDv7), so the newest run has the largest. */
export function newer(one: Run, other: Run): number {
  return one.id < other.id ? 1 : one.id > other.id ? -1 : 0;
}

/** `rows` with the present state of those that changed; the same array if none of them did. */
export function updated(rows: readonly Run[], changed: ReadonlyMap<string, Run>): readonly Run[] {
  if (changed.size === 0 || !rows.some((row) => changed.has(row.id))) return rows;
  return rows.map((row) => changed.get(row.id) ?? row);
}

/** Of `came`, the runs that are newer than all of `rows`, newest first; older ones that are not there belong to pages that were not read. */
export function fresh(rows: readonly Run[], came: Iterable<Run>): Run[] {
  const top = rows[0];
  return [...came].filter((run) => !top || run.id > top.id).sort(newer);
}

/** Both together, newest first, each run once; what `first` says of a run holds. */
export function merged(first: readonly Run[], second: readonly Run[]): Run[] {
  const seen = new Set(first.map((run) => run.id));
  return [...first, ...second.filter((run) => !seen.has(run.id))].sort(newer);
}
