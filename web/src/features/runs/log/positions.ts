/** Places in a run's log. Lines of an attempt are numbered from 1 without a gap; attempts follow each other. */
import type { LogLine } from "../../../api/types";

export interface Position {
  attempt: number;
  line: number;
}

export function compare(one: Position, other: Position): number {
  return one.attempt - other.attempt || one.line - other.line;
}

/** As addresses and the API spell it: `2:17`; the first attempt may be left out of an address (`17`). */
export function spelled({ attempt, line }: Position): string {
  return `${attempt}:${line}`;
}

/** The place that an address names; undefined for anything else. */
export function parsed(text: string | undefined): Position | undefined {
  const found = /^(?:(\d{1,9}):)?(\d{1,15})$/.exec(text ?? "");
  if (!found) return undefined;
  const [attempt, line] = [Number(found[1] ?? 1), Number(found[2])];
  return attempt > 0 && line > 0 ? { attempt, line } : undefined;
}

/** Index of the first of sorted places that is not before `place`; their number if all are. */
export function firstFrom(sorted: readonly Position[], place: Position): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle];
    if (at && compare(at, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of sorted places the one behind (or before) `line`; beyond the last it begins anew. */
export function neighbour<T extends Position>(lines: readonly T[], line: Position | undefined, by: 1 | -1): T | undefined {
  if (!line) return by === 1 ? lines[0] : lines.at(-1);
  const behind = firstFrom(lines, { ...line, line: line.line + 1 });
  return by === 1 ? (lines[behind] ?? lines[0]) : (lines[firstFrom(lines, line) - 1] ?? lines.at(-1));
}

/** What of a log is wanted. Empty words want all. */
export interface Choice {
  attempt?: number | undefined;
  stream?: string | undefined;
  level?: string | undefined;
  q?: string | undefined;
}

/** Whether a line that came just now is among what is wanted; the server decides for all others. */
export function fits(line: LogLine, { attempt, stream, level, q }: Choice): boolean {
  return (
    (!attempt || line.attempt === attempt) &&
    (!stream || line.stream === stream) &&
    (!level || line.level === level) &&
    (!q || line.text.toLowerCase().includes(q.toLowerCase()))
  );
}
