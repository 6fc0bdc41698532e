import { Button, Text, VisuallyHidden } from "@mantine/core";
import { useMediaQuery, useViewportSize } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, type MouseEvent } from "react";

import type { Run } from "../../../api/types";
import { common } from "../../../texts/common";
import { runs as texts } from "../../../texts/runs";
import { whole } from "../../../format/size";
import { RunRow } from "./RunRow";

const ROW_PX = 44;
const NARROW_ROW_PX = 60;
const AROUND = 8;
/** The next page is asked for so many rows before it is needed. */
const AHEAD = 40;

interface Props {
  rows: readonly Run[];
  hasMore: boolean;
  loading: boolean;
  onMore: () => void;
  selected: ReadonlySet<string>;
  /** Undefined where nothing can be done with a selection. */
  onSelect: ((id: string) => void) | undefined;
  waiting: number;
  gap: boolean;
  onFresh: () => void;
  /** Whether somebody reads further down, or points at a row. */
  onHold: (hold: boolean) => void;
}

/** Rows as one scrolls the page, however many there are: only those that are seen are in it. */
export function RunList({ rows, hasMore, loading, onMore, selected, onSelect, waiting, gap, onFresh, onHold }: Props) {
  const narrow = useMediaQuery("(max-width: 40rem)");
  const place = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const wrapped = useViewportSize().width;
  useLayoutEffect(() => setMargin((place.current?.getBoundingClientRect().top ?? 0) + window.scrollY), [wrapped]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (narrow ? NARROW_ROW_PX : ROW_PX),
    overscan: AROUND,
    scrollMargin: margin,
  });
  useLayoutEffect(() => virtual.measure(), [virtual, narrow]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loading && last >= rows.length - AHEAD) onMore();
  }, [hasMore, loading, last, rows.length, onMore]);

  const [pointed, setPointed] = useState(false);
  const scrolled = (virtual.scrollOffset ?? 0) > margin;
  useEffect(() => onHold(scrolled || pointed), [scrolled, pointed, onHold]);

  const navigate = useNavigate();
  const open = (event: MouseEvent<HTMLElement>) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-run]") : null;
    const runId = link?.dataset.run;
    if (!runId || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    void navigate({ to: "/runs/$runId", params: { runId } });
  };
  const toFresh = () => {
    window.scrollTo({ top: 0 });
    onFresh();
  };
  return (
    <>
      <div className="c32-runs-fresh" role="status">
        {waiting > 0 && (
          <Button size="compact-sm" radius="xl" leftSection={<ArrowUp size={14} aria-hidden />} onClick={toFresh}>
            {gap ? texts.gap : texts.fresh(waiting)}
          </Button>
        )}
      </div>
      <div className="c32-runs" role="table" aria-label={texts.title} aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <div role="rowgroup">
          <Head />
        </div>
        <div
          role="rowgroup"
          ref={place}
          className="c32-runs-rows"
          style={{ height: virtual.getTotalSize() }}
          onClick={open}
          onPointerEnter={() => setPointed(true)}
          onPointerLeave={() => setPointed(false)}
        >
          {items.map(({ index, start }) => {
            const run = rows[index];
            if (!run) return null;
            const style = { transform: `translateY(${start - margin}px)` };
            return <RunRow key={run.id} run={run} index={index} style={style} selected={selected.has(run.id)} onSelect={onSelect} />;
          })}
        </div>
      </div>
      <Text size="sm" className="c32-dim" mt="xs">
        {texts.loaded(whole(rows.length), hasMore)}
      </Text>
    </>
  );
}

function Head() {
  const { status, run, trigger, environment, created, took, cost } = texts.columns;
  return (
    <div role="row" aria-rowindex={1} className="c32-runs-row c32-runs-head">
      <span role="columnheader">
        <VisuallyHidden>{common.table.select}</VisuallyHidden>
      </span>
      <span role="columnheader">{status}</span>
      <span role="columnheader">{run}</span>
      <span role="columnheader" className="c32-runs-wide">
        {trigger}
      </span>
      <span role="columnheader" className="c32-runs-wide">
        {environment}
      </span>
      <span role="columnheader">{created}</span>
      <span role="columnheader" className="c32-runs-number">
        {took}
      </span>
      <span role="columnheader" className="c32-runs-wide c32-runs-number">
        {cost}
      </span>
    </div>
  );
}
