/**
 * How tall the rows of a long list are, where nearly all are of one height: only those that are not are remembered, so that a
 * list that grows by thousands of rows costs nothing. Pure.
 */
const BLOCK = 512;

export class Heights {
  private readonly usual: number;
  /** By block of rows: how much taller its rows are together, and which they are. */
  private sums: number[] = [];
  private others = new Map<number, number>();
  private more = 0;

  constructor(usual: number) {
    this.usual = usual;
  }

  /** Of so many rows together. */
  total(count: number): number {
    return count * this.usual + this.more;
  }

  of(row: number): number {
    return this.usual + (this.others.get(row) ?? 0);
  }

  /** Where a row begins. */
  start(row: number): number {
    const block = Math.floor(row / BLOCK);
    let found = row * this.usual;
    for (let before = 0; before < block; before += 1) found += this.sums[before] ?? 0;
    if (this.sums[block]) for (let before = block * BLOCK; before < row; before += 1) found += this.others.get(before) ?? 0;
    return found;
  }

  /** The row that stands at a place; of places behind the last one the last of `count`. */
  at(place: number, count: number): number {
    let [left, block] = [place, 0];
    const last = Math.floor(Math.max(0, count - 1) / BLOCK);
    for (; block < last; block += 1) {
      const all = BLOCK * this.usual + (this.sums[block] ?? 0);
      if (left < all) break;
      left -= all;
    }
    const first = block * BLOCK;
    if (!this.sums[block]) return within(first + Math.floor(left / this.usual), count);
    let row = first;
    for (; row < first + BLOCK && left >= this.of(row); row += 1) left -= this.of(row);
    return within(row, count);
  }

  /** What was measured; answers whether it was known. */
  measured(row: number, height: number): boolean {
    const change = height - this.of(row);
    if (change === 0) return true;
    const block = Math.floor(row / BLOCK);
    this.sums[block] = (this.sums[block] ?? 0) + change;
    this.more += change;
    const other = height - this.usual;
    if (other === 0) this.others.delete(row);
    else this.others.set(row, other);
    return false;
  }

  /** Nothing that was measured holds any more. */
  forget(): void {
    this.sums = [];
    this.others = new Map();
    this.more = 0;
  }
}

function within(row: number, count: number): number {
  return Math.max(0, Math.min(count - 1, row));
}
