import { useLocation } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, type MouseEvent } from "react";

import { run as texts } from "../../../texts/runs";
import { LogRow } from "./LogRow";
import { compare, parsed, type Position } from "./positions";
import type { Log } from "./useLog";
import { useFollowing } from "./useFollowing";

const ROW_PX = 20;
const AROUND = 15;

interface Props {
  log: Log;
  find: string;
  times: boolean;
  wrap: boolean;
  /** The line that the address names; it is scrolled to when it changes. */
  line: Position | undefined;
  onLine: (line: Position) => void;
  /** Whether to begin at the end. */
  fromEnd: boolean;
  height: string;
  /** What leads to the end is drawn by whoever has the tools. */
  followRef: (follow: () => void) => void;
  onFollow: (follow: boolean) => void;
}

/** The lines near what is looked at, in a place as tall as all of them; only these are in the page. */
export function LogRows({ log, find, times, wrap, line, onLine, fromEnd, height, followRef, onFollow }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const { rows } = log;
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used in this component only
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PX,
    overscan: AROUND,
    initialRect: { width: 800, height: 400 },
  });
  const total = virtual.getTotalSize();
  const { follow, setFollow, onScroll } = useFollowing(place, total, fromEnd && !line);
  const items = virtual.getVirtualItems();
  const [from, to] = [items[0]?.index ?? 0, (items.at(-1)?.index ?? -1) + 1];

  useEffect(() => rows.want(from, to), [rows, from, to, log.version]);
  useLayoutEffect(() => virtual.measure(), [virtual, wrap, times]);
  useEffect(() => followRef(() => setFollow(true)), [followRef, setFollow]);
  useEffect(() => onFollow(follow), [follow, onFollow]);

  const index = line && rows.indexOf(line);
  // Once more when its words are there: lines that wrap are taller than what held their places.
  const here = index !== undefined && rows.at(index) !== undefined;
  useEffect(() => {
    if (index === undefined) return;
    setFollow(false);
    virtual.scrollToIndex(index, { align: "center" });
  }, [index, here, wrap, virtual, setFollow]);

  const address = useAddressBefore();
  const choose = (event: MouseEvent<HTMLElement>) => {
    const number = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-line]") : null;
    const chosen = parsed(number?.dataset.line);
    if (!chosen || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onLine(chosen);
  };
  return (
    <div
      ref={place}
      className="c32-log"
      role="log"
      aria-live="off"
      aria-label={texts.log}
      tabIndex={0}
      data-wrap={wrap || undefined}
      data-times={times || undefined}
      style={{ height: `min(${total + 20}px, ${height})` }}
      onScroll={onScroll}
      onClick={choose}
    >
      <div className="c32-log-all" style={{ height: total }}>
        {items.map(({ index: row, key, start }) => {
          const at = rows.place(row);
          if (!at) return null;
          const content = rows.at(row);
          const chosen = line !== undefined && compare(at, line) === 0;
          return (
            <div
              key={key}
              ref={wrap ? virtual.measureElement : undefined}
              data-index={row}
              className="c32-log-line"
              data-stream={content?.stream}
              data-level={content?.level ?? undefined}
              data-chosen={chosen || undefined}
              style={{ transform: `translateY(${start}px)` }}
            >
              <LogRow place={at} line={content} find={find} address={address} times={times} attempts={log.attempts.length > 1} chosen={chosen} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** This page's address, ready for the line to be added. */
function useAddressBefore(): string {
  const { pathname, searchStr } = useLocation();
  return useMemo(() => {
    const words = new URLSearchParams(searchStr);
    words.delete("line");
    const text = words.toString();
    return `${pathname}?${text}${text ? "&" : ""}`;
  }, [pathname, searchStr]);
}
