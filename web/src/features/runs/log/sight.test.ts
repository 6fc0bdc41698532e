import { describe, expect, it, vi } from "vitest";

import { ROW_PX, Sight } from "./sight";

const COUNT = 100_000;
/** A row of the page, as much of it as is measured. */
const row = (index: number, lines: number) => ({ dataset: { index: String(index) }, offsetHeight: lines * ROW_PX }) as unknown as HTMLElement;
const drawn = (from: number, to: number, lines: (row: number) => number) => Array.from({ length: to - from }, (_, at) => row(from + at, lines(from + at)));

function seen(top: number, height = 400) {
  const sight = new Sight();
  sight.drew(sight.range(COUNT, false), COUNT, false, []);
  sight.look(top, height);
  const range = sight.range(COUNT, false);
  sight.drew(range, COUNT, false, []);
  return { sight, range };
}

describe("what is looked at of a long list", () => {
  it("are the rows that are seen and some around them", () => {
    const { range } = seen(1000 * ROW_PX);
    expect(range).toEqual({ from: 985, to: 1036, start: 985 * ROW_PX, total: COUNT * ROW_PX });
  });

  it("is the end, wherever it is by now", () => {
    const { sight } = seen(0);
    expect(sight.range(COUNT, true).to).toBe(COUNT);
    expect(sight.range(2 * COUNT, true)).toMatchObject({ from: 2 * COUNT - 20 - 15, to: 2 * COUNT });
  });

  it("is drawn anew only where what is seen comes near the end of what is drawn", () => {
    const { sight } = seen(1000 * ROW_PX);
    const changed = vi.fn();
    sight.subscribe(changed);
    for (const lines of [1001, 1005, 995]) sight.look(lines * ROW_PX, 400);
    expect(changed).not.toHaveBeenCalled();
    sight.look(1014 * ROW_PX, 400);
    expect(changed).toHaveBeenCalledOnce();
  });
});

describe("rows that wrap", () => {
  it("do not move what is seen when those above it turn out to be taller", () => {
    const { sight, range } = seen(1000 * ROW_PX);
    const taller = (at: number) => (at < 990 ? 3 : 1);
    expect(sight.drew(range, COUNT, false, drawn(range.from, range.to, taller))).toBeUndefined(); // drawn once more first
    const after = sight.range(COUNT, false);
    expect(after.total).toBe((COUNT + 5 * 2) * ROW_PX);
    expect(sight.drew(after, COUNT, false, drawn(range.from, range.to, taller))).toBe((1000 + 5 * 2) * ROW_PX);
  });

  it("bring the one that is wanted to the middle, once the rows around it are measured", () => {
    const { sight } = seen(0);
    const lines = (at: number) => (at === 5000 ? 5 : 2);
    sight.goTo(5000);
    let top: number | undefined = 0;
    for (let turn = 0; turn < 3; turn += 1) {
      const range = sight.range(COUNT, false);
      const found = sight.drew(range, COUNT, false, drawn(range.from, range.to, lines));
      if (found === undefined) continue;
      top = found;
      sight.look(top, 400);
    }
    const range = sight.range(COUNT, false);
    expect(range.from <= 5000 && 5000 < range.to).toBe(true);
    const start = range.start + (5000 - range.from) * 2 * ROW_PX;
    expect(top).toBe(start - (400 - 5 * ROW_PX) / 2);
  });

  it("are measured anew when they are of other heights", () => {
    const { sight, range } = seen(0);
    sight.drew(range, COUNT, false, drawn(range.from, range.to, () => 2));
    sight.forget();
    expect(sight.range(COUNT, false).total).toBe(COUNT * ROW_PX);
  });
});
