import { describe, expect, it } from "vitest";

import { Heights } from "./heights";

/** The same by adding up row after row. */
function plainly(tall: Record<number, number>, usual: number) {
  const of = (row: number) => tall[row] ?? usual;
  const start = (row: number) => Array.from({ length: row }, (_, at) => of(at)).reduce((sum, one) => sum + one, 0);
  return { of, start };
}

describe("heights of rows", () => {
  const tall = { 0: 40, 7: 60, 511: 100, 512: 20, 513: 220, 1500: 40 };
  const heights = new Heights(20);
  Object.entries(tall).forEach(([row, height]) => heights.measured(Number(row), height));
  const plain = plainly(tall, 20);

  it.each([0, 1, 7, 8, 511, 512, 513, 514, 1500, 1501, 1999])("begin row %d where those before it end", (row) => {
    expect(heights.start(row)).toBe(plain.start(row));
    expect(heights.of(row)).toBe(plain.of(row));
  });

  it.each([0, 6, 7, 8, 510, 511, 512, 513, 514, 1499, 1500, 1999])("find row %d at its first and its last pixel", (row) => {
    const start = plain.start(row);
    expect([heights.at(start, 2000), heights.at(start + plain.of(row) - 1, 2000)]).toEqual([row, row]);
  });

  it("add up, and find the last row behind the end and the first before the beginning", () => {
    expect(heights.total(2000)).toBe(plain.start(2000));
    expect([heights.at(1e9, 2000), heights.at(-5, 2000), heights.at(50, 0)]).toEqual([1999, 0, 0]);
  });

  it("change when a row is measured again, and are all the same again when they are forgotten", () => {
    const some = new Heights(20);
    expect([some.measured(3, 60), some.measured(3, 60), some.total(10)]).toEqual([false, true, 240]);
    some.measured(3, 20);
    expect([some.total(10), some.start(9)]).toEqual([200, 180]);
    some.measured(4, 80);
    some.forget();
    expect([some.total(10), some.start(9), some.at(199, 10)]).toEqual([200, 180, 9]);
  });
});
