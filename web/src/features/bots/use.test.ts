import { expect, it } from "vitest";

import { bytesOf, most, quantile, seriesOf, sum, type RunUse } from "./use";

const run = (at: string, duration: number | null): RunUse => ({
  at, duration_ms: duration, cpu_seconds: 1, peak_memory: 5, attempts: 1, cost: null, environment: "dev", run_id: at, status: "succeeded", version_id: "v",
}); // prettier-ignore

it("draws the oldest first, and never two at one moment", () => {
  const series = seriesOf([run("2026-01-01T00:00:02Z", 3), run("2026-01-01T00:00:01Z", null), run("2026-01-01T00:00:01Z", 1)]);
  expect(series.duration).toEqual([1, null, 3]);
  expect(series.at[1]).toBeGreaterThan(series.at[0] ?? 0);
});

it("finds what half of the runs stay below", () => {
  expect([quantile([4, null, 1, 2, 3], 0.5), quantile([1], 0.95), quantile([], 0.5), most([1, 9, null])]).toEqual([2, 1, undefined, 9]);
  expect(sum([1, null, 2])).toBe(3);
});

it("reads sizes of manifests", () => {
  expect([bytesOf("256MiB"), bytesOf("1GB"), bytesOf(5), bytesOf("much"), bytesOf(null)]).toEqual([268435456, 1e9, 5, undefined, undefined]);
});
