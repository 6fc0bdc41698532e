/** The lines of a log that fit a choice (words, a stream, a level), fetched page by page from the first on. */
import type { LogLine } from "../../../api/types";
import { compare, firstFrom, fits, type Choice, type Position } from "./positions";
import { asError, Changing, type Read, type Rows } from "./source";

const PAGE = 1000;

export class FoundLines extends Changing implements Rows {
  readonly lines: LogLine[] = [];
  /** Whether all was looked at; `capped`: there may be more than is kept. */
  done = false;
  capped = false;
  private readonly came: LogLine[] = [];
  private closed = false;
  private readonly choice: Choice;
  private readonly read: Read;
  private readonly most: number;

  constructor(choice: Choice, read: Read, most: number) {
    super();
    this.choice = choice;
    this.read = read;
    this.most = most;
  }

  /** Look through what is stored by now. */
  async start(): Promise<void> {
    this.closed = false;
    const looked = () => !this.closed;
    let after: string | null | undefined = "0:0";
    try {
      while (after && looked() && !this.capped) {
        const page = await this.read(this.parameters(after));
        this.add(page.items);
        after = page.next_cursor;
        if (after) this.changed();
      }
      this.done = true;
      this.add(this.came);
    } catch (failure) {
      this.error = asError(failure);
    }
    if (looked()) this.changed();
  }

  /** Nobody looks any more. */
  close(): void {
    this.closed = true;
  }

  /** Lines that came just now, in order; those that fit are added behind what was stored before. */
  take(lines: readonly LogLine[]): void {
    const wanted = lines.filter((line) => fits(line, this.choice));
    if (wanted.length === 0) return;
    if (!this.done) {
      this.came.push(...wanted);
      return;
    }
    this.add(wanted);
    this.changed();
  }

  get count(): number {
    return this.lines.length;
  }

  at(index: number): LogLine | undefined {
    return this.lines[index];
  }

  place(index: number): Position | undefined {
    return this.lines[index];
  }

  indexOf(place: Position): number | undefined {
    const index = firstFrom(this.lines, place);
    const found = this.lines[index];
    return found && compare(found, place) === 0 ? index : undefined;
  }

  want(): void {
    // All of it comes by itself.
  }

  private add(lines: readonly LogLine[]): void {
    for (const line of lines) {
      const last = this.lines.at(-1);
      if (last && compare(line, last) <= 0) continue; // it was there already
      if (this.lines.length >= this.most) {
        this.capped = true;
        return;
      }
      this.lines.push(line);
    }
  }

  private parameters(after: string): Record<string, string> {
    const { attempt, stream, level, q } = this.choice;
    const given = { attempt: attempt?.toString(), stream, level, q, after, limit: String(PAGE) };
    return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => Boolean(entry[1])));
  }
}
