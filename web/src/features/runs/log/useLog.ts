/** A run's log as rows: what is stored is paged in, what is written meanwhile comes over the stream. */
import { useDocumentVisibility } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import { call } from "../../../api/client";
import { useLive } from "../../../api/live";
import type { LogLine } from "../../../api/types";
import * as queries from "../queries";
import { FoundLines } from "./found";
import { spelled, type Choice } from "./positions";
import type { Read, Rows } from "./source";
import { WholeLog } from "./whole";

/** Lines are handed on and drawn so many times a second at most, however fast they come, and so many at a time: each is a short task. */
const DRAW_MS = 100;
const NEXT_MS = 30;
const AT_A_TIME = 2500;
const MOST_CHOSEN = 50_000;
const MOST_HITS = 10_000;

export interface Log {
  rows: Rows;
  /** Grows with every change of the rows. */
  version: number;
  /** Grows with every change of what was found. */
  found: number;
  attempts: readonly number[];
  hits: FoundLines | undefined;
  /** Of a choice: not all of it is here yet; there is more than is kept. */
  searching: boolean;
  capped: boolean;
  live: boolean;
  error: Error | undefined;
  retry: () => void;
}

/** Undefined until it is known how long the log is. */
export function useLog(runId: string, goesOn: boolean, choice: Choice, q: string): Log | Error | undefined {
  const extent = useQuery(queries.extent(runId));
  const read = useMemo<Read>(() => (given) => call(`/runs/${runId}/logs?${new URLSearchParams(given).toString()}`), [runId]);
  const parts = extent.data?.items;
  const whole = useMemo(() => parts && new WholeLog(parts, read), [parts, read]);
  const { attempt, stream, level } = choice;
  const chosen = useFound(whole && (stream ?? level) ? read : undefined, attempt, stream, level, "", MOST_CHOSEN);
  const hits = useFound(whole && q ? read : undefined, attempt, stream, level, q, MOST_HITS);
  const live = useLines(runId, goesOn, whole, [whole, chosen, hits]);
  useEffect(() => whole?.choose(attempt), [whole, attempt]);

  const rows = chosen ?? whole;
  const version = useVersion(whole) + useVersion(chosen);
  const found = useVersion(hits);
  const known = whole?.attempts.join(" ") ?? "";
  const attempts = useMemo(() => (known === "" ? [] : known.split(" ").map(Number)), [known]);
  if (!whole || !rows) return extent.error ?? undefined;
  return {
    rows,
    version,
    found,
    attempts,
    hits,
    searching: chosen !== undefined && !chosen.done && !chosen.error,
    capped: chosen?.capped ?? false,
    live,
    error: whole.error ?? chosen?.error ?? hits?.error,
    retry: () => whole.retry(),
  };
}

/** What fits a choice; begins anew with each other choice, and not at all without `read`. */
function useFound(read: Read | undefined, attempt?: number, stream?: string, level?: string, q?: string, most = 0) {
  const found = useMemo(() => read && new FoundLines({ attempt, stream, level, q }, read, most), [read, attempt, stream, level, q, most]);
  useEffect(() => {
    void found?.start();
    return () => found?.close();
  }, [found]);
  return found;
}

interface Taker {
  take: (lines: readonly LogLine[]) => void;
}

/** Hands on what is written, many lines at a time. A page that nobody sees does not listen. */
function useLines(runId: string, goesOn: boolean, whole: WholeLog | undefined, takers: (Taker | undefined)[]): boolean {
  const seen = useDocumentVisibility() === "visible";
  // Lines may come after it is known that the run has ended: the stream itself says when there is no more.
  const [begun] = useState(goesOn);
  const [over, setOver] = useState(false);
  const path = useMemo(
    () => (whole && begun && seen ? `/runs/${runId}/logs/stream?after=${spelled(whole.end)}` : null),
    [runId, begun, seen, whole],
  );
  const present = useRef(takers);
  useEffect(() => {
    present.current = takers;
  });
  const waiting = useRef<LogLine[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const ended = useRef(false);
  const hand = () => {
    const batch = waiting.current.splice(0, AT_A_TIME);
    present.current.forEach((taker) => taker?.take(batch));
    timer.current = waiting.current.length > 0 ? setTimeout(hand, NEXT_MS) : undefined;
    if (ended.current && !timer.current) setOver(true);
  };
  useLive(over ? null : path, {
    line: (data) => {
      waiting.current.push(data as LogLine);
      timer.current ??= setTimeout(hand, DRAW_MS);
    },
    end: () => {
      ended.current = true;
      timer.current ??= setTimeout(hand);
    },
  });
  return begun && !over;
}

const NEVER = () => () => undefined;
const ZERO = () => 0;

function useVersion(of: WholeLog | FoundLines | undefined): number {
  return useSyncExternalStore(of?.subscribe ?? NEVER, of?.present ?? ZERO);
}
