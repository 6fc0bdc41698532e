/** What of a long list is looked at, and so which of its rows are in the page. Knows nothing of React. */
import { Heights } from "./heights";
import { Changing } from "./source";

export const ROW_PX = 20;
/** Rows in the page above and below those that are seen, and how near to their end others are fetched. */
const AROUND = 15;
const NEAR = 4;

export interface Range {
  from: number;
  to: number;
  /** Pixels above the first. */
  start: number;
  /** Pixels of all rows. */
  total: number;
}

export class Sight extends Changing {
  private readonly heights = new Heights(ROW_PX);
  private top = 0;
  private height = 400;
  private shown: Range = { from: 0, to: 0, start: 0, total: 0 };
  private count = 0;
  /** The row to be in the middle, until it is. */
  private aim: number | undefined;
  /** Whether what is looked at is elsewhere than the page is scrolled to. */
  private moved = false;

  /** Which rows to draw; `atEnd`: the end is looked at, wherever it is by now. */
  range(count: number, atEnd: boolean): Range {
    const total = this.heights.total(count);
    const top = atEnd ? Math.max(0, total - this.height) : this.top;
    const from = Math.max(0, this.heights.at(top, count) - AROUND);
    const to = Math.min(count, this.heights.at(top + this.height, count) + 1 + AROUND);
    return { from, to, start: this.heights.start(from), total };
  }

  /** This is seen now; others are drawn only where what is seen comes near the end of what is. */
  look(top: number, height: number): void {
    [this.top, this.height] = [top, height];
    const first = this.heights.at(top, this.count);
    const last = this.heights.at(top + height, this.count);
    const { from, to } = this.shown;
    if (first < from + (from > 0 ? NEAR : 0) || last >= to - (to < this.count ? NEAR : 0)) this.changed();
  }

  /** Bring a row to the middle. */
  goTo(row: number): void {
    this.aim = row;
    this.moveTo(this.middle(row));
  }

  /** Rows are of other heights now. */
  forget(): void {
    this.heights.forget();
    this.changed();
  }

  /**
   * They are in the page: measures those that may be taller, and answers where to scroll to, if anywhere. Nothing that is seen moves
   * because rows above it turned out to be taller.
   */
  drew(shown: Range, count: number, atEnd: boolean, rows: Iterable<HTMLElement>): number | undefined {
    [this.shown, this.count] = [shown, count];
    if (atEnd) this.aim = undefined;
    const first = this.heights.at(this.top, count);
    const above = this.top - this.heights.start(first);
    if (!this.measure(rows)) {
      this.moveTo(this.aim === undefined ? this.heights.start(first) + above : this.middle(this.aim));
      return undefined; // what stands there now is drawn first
    }
    const goes = this.moved && !atEnd;
    this.moved = false;
    this.aim = undefined;
    return goes ? this.top : undefined;
  }

  private moveTo(top: number): void {
    this.top = Math.max(0, top);
    this.moved = true;
    this.changed();
  }

  private middle(row: number): number {
    return this.heights.start(row) - (this.height - this.heights.of(row)) / 2;
  }

  private measure(rows: Iterable<HTMLElement>): boolean {
    let known = true;
    for (const row of rows) known = this.heights.measured(Number(row.dataset.index), row.offsetHeight) && known;
    return known;
  }
}
