/**
 * A log of any length of which only the pages near what is looked at are in memory. How long each attempt's log is
 * is known from the start, so that the scroll bar is right and any place is one request away.
 */
import type { LogLine } from "../../../api/types";
import type { Position } from "./positions";
import { asError, Changing, type Read, type Rows } from "./source";

export const PAGE = 500;
const KEPT_PAGES = 120;

interface Part {
  attempt: number;
  lines: number;
}

export class WholeLog extends Changing implements Rows {
  private readonly parts: Part[];
  private readonly pages = new Map<string, (LogLine | undefined)[]>();
  private readonly asked = new Set<string>();
  private readonly read: Read;
  private only: number | undefined;

  constructor(extent: readonly Part[], read: Read) {
    super();
    this.parts = extent.map((part) => ({ ...part }));
    this.read = read;
  }

  /** Show one attempt; undefined: all of them. */
  choose(attempt: number | undefined): void {
    if (attempt === this.only) return;
    this.only = attempt;
    this.changed();
  }

  get attempts(): number[] {
    return this.parts.map((part) => part.attempt);
  }

  get count(): number {
    return this.shown().reduce((sum, part) => sum + part.lines, 0);
  }

  /** The last line that is known of. */
  get end(): Position {
    const last = this.parts.at(-1);
    return { attempt: last?.attempt ?? 0, line: last?.lines ?? 0 };
  }

  place(index: number): Position | undefined {
    let before = 0;
    for (const part of this.shown()) {
      if (index < before + part.lines) return { attempt: part.attempt, line: index - before + 1 };
      before += part.lines;
    }
    return undefined;
  }

  at(index: number): LogLine | undefined {
    const place = this.place(index);
    return place && this.pages.get(keyOf(place))?.[slotOf(place)];
  }

  indexOf(place: Position): number | undefined {
    let before = 0;
    for (const part of this.shown()) {
      if (part.attempt === place.attempt) return place.line <= part.lines ? before + place.line - 1 : undefined;
      before += part.lines;
    }
    return undefined;
  }

  want(from: number, to: number): void {
    for (let index = Math.max(0, from); index < Math.min(to, this.count); index += 1) {
      const place = this.place(index);
      if (!place) return;
      const key = keyOf(place);
      const page = this.pages.get(key);
      if (page) this.touch(key, page);
      if (!this.asked.has(key) && !page?.[slotOf(place)]) void this.fetch(place);
    }
  }

  /** Forget that something failed; what is looked at is asked for again. */
  retry(): void {
    this.error = undefined;
    this.asked.clear();
    this.changed();
  }

  /** Lines that came just now, in order. Harmless to repeat. */
  take(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    let [before, part, page]: [LogLine | undefined, Part | undefined, (LogLine | undefined)[]] = [undefined, undefined, []];
    for (const line of lines) {
      // Lines that follow each other are of one part and mostly of one page: neither is looked up for each.
      if (!part || before?.attempt !== line.attempt) part = this.partOf(line.attempt);
      if (!before || before.attempt !== line.attempt || slotOf(line) === 0 || line.line !== before.line + 1) page = this.pageOf(line);
      part.lines = Math.max(part.lines, line.line);
      page[slotOf(line)] = line;
      before = line;
    }
    this.forget();
    this.changed();
  }

  private partOf(attempt: number): Part {
    const known = this.parts.find((part) => part.attempt === attempt);
    if (known) return known;
    const part = { attempt, lines: 0 };
    this.parts.push(part);
    this.parts.sort((one, other) => one.attempt - other.attempt);
    return part;
  }

  private pageOf(line: LogLine): (LogLine | undefined)[] {
    const key = keyOf(line);
    const known = this.pages.get(key);
    if (known) return known;
    const page = new Array<LogLine | undefined>(PAGE).fill(undefined);
    this.pages.set(key, page);
    return page;
  }

  private async fetch(place: Position): Promise<void> {
    const key = keyOf(place);
    this.asked.add(key);
    const before = Math.floor((place.line - 1) / PAGE) * PAGE;
    const attempt = String(place.attempt);
    try {
      const page = await this.read({ attempt, after: `${attempt}:${before}`, limit: String(PAGE) });
      this.take(page.items.filter((line) => keyOf(line) === key));
      // A page that does not hold what was wanted is not asked for in a circle.
      if (this.pages.get(key)?.[slotOf(place)]) this.asked.delete(key);
    } catch (failure) {
      this.error = asError(failure); // `asked` keeps the page: nothing is asked twice until `retry`
      this.changed();
    }
  }

  private touch(key: string, page: (LogLine | undefined)[]): void {
    this.pages.delete(key);
    this.pages.set(key, page);
  }

  /** Only the pages that were looked at or written last are kept. */
  private forget(): void {
    for (const key of this.pages.keys()) {
      if (this.pages.size <= KEPT_PAGES) return;
      this.pages.delete(key);
    }
  }

  private shown(): readonly Part[] {
    return this.only === undefined ? this.parts : this.parts.filter((part) => part.attempt === this.only);
  }
}

function keyOf({ attempt, line }: Position): string {
  return `${attempt}:${Math.floor((line - 1) / PAGE)}`;
}

function slotOf({ line }: Position): number {
  return (line - 1) % PAGE;
}
