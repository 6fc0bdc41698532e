import { expect, it } from "vitest";

import type { Span } from "../queries";
import { bars, ticks, whole } from "./waterfall";

function span(id: string, parent: string | null, offset: number, duration: number): Span {
  const at = "2026-11-22T09:00:00Z";
  return { id, parent, kind: "step", name: id, status: "succeeded", started_at: at, ended_at: at, offset_ms: offset, duration_ms: duration, estimated: false, attributes: {} };
}

it("stands parts below what they are parts of", () => {
  const rows = bars([span("run", null, 0, 100), span("a", "run", 0, 50), span("b", "run", 50, 50), span("a1", "a", 10, 5), span("lost", "nowhere", 99, 1)], 100);
  expect(rows.map((row) => [row.span.id, row.depth])).toEqual([["run", 0], ["a", 1], ["a1", 2], ["b", 1], ["lost", 0]]);
  expect(rows[2]).toMatchObject({ left: 0.1, width: 0.05 });
});

it("keeps every bar inside, and ends on circles", () => {
  const rows = bars([span("a", null, 900, 500), span("b", null, -5, 10)], 1000);
  expect(whole(rows.map((row) => row.span), 1000)).toBe(1400);
  for (const { left, width } of rows) {
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left + width).toBeLessThanOrEqual(1);
  }
  expect(bars([span("a", "b", 0, 1), span("b", "a", 0, 1)], 1)).toEqual([]);
});

it("has round ticks", () => {
  expect(ticks(1000)).toEqual([0, 200, 400, 600, 800]);
  expect(ticks(7)).toEqual([0, 2, 4, 6]);
  expect(ticks(1)).toHaveLength(5);
  expect(ticks(16.6 * 60_000).map((at) => at / 60_000)).toEqual([0, 5, 10, 15]);
  expect(ticks(3 * 86_400_000).map((at) => at / 3600_000)).toEqual([0, 24, 48]);
});
