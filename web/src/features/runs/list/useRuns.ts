/** The list of runs that fit a filter: pages as one scrolls, and what changes meanwhile over the live stream. */
import { useDocumentVisibility } from "@mantine/hooks";
import { useInfiniteQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import { useLive } from "../../../api/live";
import type { Page, Run } from "../../../api/types";
import * as queries from "../queries";
import { belongs, streamed, type Asked } from "./filters";
import { fresh, merged, updated } from "./merging";

const DRAW_MS = 250;
/** The stream begins with so many of the newest runs: if all of them are new, more came while nobody listened. */
const STREAM_BEGINS_WITH = 50;
/** Whoever watches a busy list for hours begins anew after so many rows. */
const MOST_ROWS = 5000;
/** So many are asked for again after a break; of more, whoever looks is told, and begins anew. */
const MOST_AGAIN = 500;

type Pages = InfiniteData<Page<Run>>;

const rowsOf = (data: Pages | undefined) => data?.pages.flatMap((page) => page.items) ?? [];

/** `waiting`: new runs that are not shown because somebody reads; `gap`: more came than was told of. */
export function useRuns(asked: Asked) {
  const client = useQueryClient();
  const options = queries.runs(asked);
  const { queryKey } = options;
  const list = useInfiniteQuery(options);
  const seen = useDocumentVisibility() === "visible";
  const came = useRef(new Map<string, Run>());
  const held = useRef<readonly Run[]>([]);
  const holding = useRef(false);
  const opened = useRef(true);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [waiting, setWaiting] = useState(0);
  const [gap, setGap] = useState(false);
  useEffect(() => () => clearTimeout(timer.current), []);

  const show = () => {
    const runs = held.current;
    held.current = [];
    setWaiting(0);
    setGap(false);
    const present = rowsOf(client.getQueryData<Pages>(queryKey)).length;
    if (gap || present > MOST_ROWS) void client.infiniteQuery({ ...options, pages: 1, staleTime: 0 });
    else client.setQueryData<Pages>(queryKey, (data) => prepended(data, runs));
  };

  const draw = () => {
    timer.current = undefined;
    const changed = came.current;
    came.current = new Map();
    const rows = rowsOf(client.getQueryData<Pages>(queryKey));
    const found = fresh(rows, changed.values()).filter((run) => belongs(run, asked));
    client.setQueryData<Pages>(queryKey, (data) => data && { ...data, pages: data.pages.map((page) => present(page, changed)) });
    if (opened.current && rows.length > 0 && found.length >= STREAM_BEGINS_WITH) setGap(true);
    opened.current = false;
    held.current = merged(found, updated(held.current, changed).filter((run) => belongs(run, asked)));
    if (holding.current) setWaiting(held.current.length);
    else if (held.current.length > 0) show();
  };

  const missed = () => {
    if (holding.current || rowsOf(client.getQueryData<Pages>(queryKey)).length > MOST_AGAIN) setGap(true);
    else void client.invalidateQueries({ queryKey });
  };

  const open = useLive(seen && list.isSuccess ? streamed(asked) : null, {
    run: (data) => {
      const run = data as Run;
      came.current.set(run.id, run);
      timer.current ??= setTimeout(draw, DRAW_MS);
    },
  }, missed);
  useEffect(() => {
    if (!open) opened.current = true;
  }, [open]);

  /** Somebody reads: what is new waits; nobody does any more: it is shown. */
  const hold = useCallback((wanted: boolean) => {
    holding.current = wanted;
    if (!wanted && held.current.length > 0) timer.current ??= setTimeout(() => drawn.current(), 0);
  }, []);
  const drawn = useRef(draw);
  useEffect(() => {
    drawn.current = draw;
  });

  return { list, rows: rowsOf(list.data), waiting, gap, show, hold };
}

function present(page: Page<Run>, changed: ReadonlyMap<string, Run>): Page<Run> {
  const items = updated(page.items, changed);
  return items === page.items ? page : { ...page, items: [...items] };
}

function prepended(data: Pages | undefined, runs: readonly Run[]): Pages | undefined {
  const [first, ...rest] = data?.pages ?? [];
  return data && first ? { ...data, pages: [{ ...first, items: merged(runs, first.items) }, ...rest] } : data;
}
