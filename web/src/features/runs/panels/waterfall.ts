/** Spans of a trace as rows of a waterfall: each below what it is a part of, each bar where its time was. Pure. */
import type { Span } from "../queries";

export interface Bar {
  span: Span;
  depth: number;
  /** Shares of the whole, 0 to 1. */
  left: number;
  width: number;
}

export function whole(spans: readonly Span[], duration: number): number {
  return Math.max(duration, 1, ...spans.map((span) => span.offset_ms + span.duration_ms));
}

/** Parents before their parts, each of them by its beginning; what names a parent that is not there stands at the top. */
export function bars(spans: readonly Span[], duration: number): Bar[] {
  const all = whole(spans, duration);
  const known = new Set(spans.map((span) => span.id));
  const parts = new Map<string, Span[]>();
  for (const span of spans) {
    const parent = span.parent && known.has(span.parent) ? span.parent : "";
    const siblings = parts.get(parent);
    if (siblings) siblings.push(span);
    else parts.set(parent, [span]);
  }
  const rows: Bar[] = [];
  const placed = new Set<string>();
  const place = (parent: string, depth: number) => {
    for (const span of parts.get(parent) ?? []) {
      if (placed.has(span.id)) continue; // a circle is drawn once
      placed.add(span.id);
      const left = Math.min(1, Math.max(0, span.offset_ms / all));
      rows.push({ span, depth, left, width: Math.min(1 - left, span.duration_ms / all) });
      place(span.id, depth + 1);
    }
  };
  place("", 0);
  return rows;
}

const SECOND = 1000;
const [MINUTE, HOUR, DAY] = [60 * SECOND, 3600 * SECOND, 86_400 * SECOND];
/** From a minute on, what clocks are divided by. */
const STEPS = [10, 15, 30, 60].map((seconds) => seconds * SECOND).concat(
  [2, 5, 10, 15, 30, 60].map((minutes) => minutes * MINUTE),
  [2, 3, 6, 12, 24].map((hours) => hours * HOUR),
  [2, 7, 14, 30].map((days) => days * DAY),
);

/** Round moments between 0 and `all` milliseconds, about `wanted` of them. */
export function ticks(all: number, wanted = 5): number[] {
  const rough = all / wanted;
  const step = (all > MINUTE && STEPS.find((candidate) => candidate >= rough)) || decimal(rough);
  const found: number[] = [];
  for (let at = 0; at < all * 0.97; at += step) found.push(at);
  return found;
}

function decimal(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
}
