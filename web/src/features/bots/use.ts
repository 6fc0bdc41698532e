/** What a bot's runs used, as charts and sentences show it. Pure. */
import type { Schemas } from "../../api/types";

export type RunUse = Schemas["RunUseView"];

export interface UseSeries {
  at: number[];
  duration: (number | null)[];
  memory: (number | null)[];
  cpu: (number | null)[];
}

/** Oldest first, as charts draw it; two runs of one second share a place in time only if nothing tells them apart. */
export function seriesOf(runs: readonly RunUse[]): UseSeries {
  const series: UseSeries = { at: [], duration: [], memory: [], cpu: [] };
  for (const run of runs.toReversed()) {
    const at = Date.parse(run.at) / 1000;
    series.at.push(Math.max(at, (series.at.at(-1) ?? -Infinity) + 0.001));
    series.duration.push(run.duration_ms);
    series.memory.push(run.peak_memory);
    series.cpu.push(run.cpu_seconds);
  }
  return series;
}

/** The value below which a share of all lies (nearest rank); undefined of nothing. */
export function quantile(values: readonly (number | null)[], share: number): number | undefined {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  return known[Math.max(Math.ceil(known.length * share) - 1, 0)];
}

export function most(values: readonly (number | null)[]): number | undefined {
  return quantile(values, 1);
}

export function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

const UNITS: Record<string, number> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** `256MiB`, or plain bytes, as bytes; undefined for anything else. */
export function bytesOf(text: unknown): number | undefined {
  if (typeof text === "number") return text;
  const found = typeof text === "string" ? /^([\d.]+) ?(\w+)$/.exec(text) : null;
  const unit = UNITS[found?.[2] ?? ""];
  return found && unit !== undefined ? Number(found[1]) * unit : undefined;
}
