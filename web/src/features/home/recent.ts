/** The latest runs out of a stream of changes. Pure, so that a burst costs one drawing. */
import type { Run } from "../../api/types";

export type Seen = Pick<Run, "id" | "bot_name" | "status" | "created_at" | "finished_at" | "duration_ms" | "trigger">;

/** Each run once as it is now, the newest first, at most `most`. Ids are in the order of time. */
export function merged(known: readonly Seen[], changed: readonly Seen[], most: number): Seen[] {
  const runs = new Map(known.map((run) => [run.id, run]));
  for (const run of changed) runs.set(run.id, run);
  return [...runs.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, most);
}
