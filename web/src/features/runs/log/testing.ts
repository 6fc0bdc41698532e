/** A log behind a server that answers like `/runs/{id}/logs`. For tests. */
import type { LogLine } from "../../../api/types";
import { compare, fits, parsed } from "./positions";
import type { Read } from "./source";

export function line(attempt: number, number: number, words: Partial<LogLine> = {}): LogLine {
  return { attempt, line: number, at: "2026-11-22T09:00:00Z", stream: "stdout", level: null, text: `line ${number}`, ...words };
}

export function lines(attempt: number, from: number, to: number): LogLine[] {
  return Array.from({ length: to - from + 1 }, (_, at) => line(attempt, from + at));
}

/** Pages of `stored`, and what was asked for them. */
export function server(stored: LogLine[]): { read: Read; asked: Record<string, string>[] } {
  const asked: Record<string, string>[] = [];
  const read: Read = (given) => {
    asked.push(given);
    const [attempt, number] = (given.after ?? "0:0").split(":").map(Number);
    const after = parsed(given.after) ?? { attempt: attempt ?? 0, line: number ?? 0 };
    const choice = { attempt: given.attempt ? Number(given.attempt) : undefined, stream: given.stream, level: given.level, q: given.q };
    const left = stored.filter((one) => compare(one, after) > 0 && fits(one, choice));
    const items = left.slice(0, Number(given.limit));
    const last = items.at(-1);
    return Promise.resolve({ items, next_cursor: left.length > items.length && last ? `${last.attempt}:${last.line}` : null });
  };
  return { read, asked };
}
