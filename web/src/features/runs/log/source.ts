/** What a log is shown from: rows by their index, of which some are not here yet. */
import type { LogLine } from "../../../api/types";
import type { Position } from "./positions";

export interface Rows {
  readonly count: number;
  /** The line of a row; undefined while it is being fetched. */
  at: (index: number) => LogLine | undefined;
  /** Which line stands at a row, also where it is not here yet. */
  place: (index: number) => Position | undefined;
  indexOf: (place: Position) => number | undefined;
  /** These rows are looked at: fetch what of them is missing. */
  want: (from: number, to: number) => void;
}

export interface LogPage {
  items: LogLine[];
  next_cursor?: string | null;
}

/** Asks for a page of `/runs/{id}/logs` with these parameters. */
export type Read = (parameters: Record<string, string>) => Promise<LogPage>;

/** Something outside of React that says when it has changed. */
export class Changing {
  version = 0;
  error: Error | undefined;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly present = (): number => this.version;

  protected changed(): void {
    this.version += 1;
    this.listeners.forEach((listener) => listener());
  }
}

export function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure));
}
