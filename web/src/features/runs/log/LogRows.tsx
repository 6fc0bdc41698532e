import { useLocation } from "@tanstack/react-router";
import { useEffect, useLayoutEffect, useMemo, useRef, type MouseEvent } from "react";

import { run as texts } from "../../../texts/runs";
import { LogRow } from "./LogRow";
import { compare, parsed, type Position } from "./positions";
import { ROW_PX } from "./sight";
import type { Log } from "./useLog";
import { useFollowing } from "./useFollowing";
import { useSight } from "./useSight";

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

/** So many places for rows are used in turn: a row that comes takes the place of one that has gone. */
const PLACES = 1024;

/** The lines near what is looked at, in a place as tall as all of them; only these are in the page. */
export function LogRows({ log, find, times, wrap, line, onLine, fromEnd, height, followRef, onFollow }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<HTMLDivElement>(null);
  const { rows } = log;
  const { follow, setFollow, onScroll } = useFollowing(fromEnd && !line);
  const { range, sight } = useSight({ place, rows: drawn, count: rows.count, atEnd: follow, wrap, times });
  const { from, to, start, total } = range;
  useLayoutEffect(() => {
    if (follow) place.current?.scrollTo({ top: total });
  }, [follow, total]);

  useEffect(() => rows.want(from, to), [rows, from, to, log.version]);
  useEffect(() => followRef(() => setFollow(true)), [followRef, setFollow]);
  useEffect(() => onFollow(follow), [follow, onFollow]);

  const index = line && rows.indexOf(line);
  useEffect(() => {
    if (index === undefined) return;
    setFollow(false);
    sight.goTo(index);
  }, [index, wrap, sight, setFollow]);

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
      style={{ height: `min(${total + ROW_PX}px, ${height})` }}
      onScroll={({ currentTarget }) => {
        sight.look(currentTarget.scrollTop, currentTarget.clientHeight);
        onScroll(currentTarget);
      }}
      onClick={choose}
    >
      <div className="c32-log-all" style={{ height: total }}>
        <div className="c32-log-drawn" ref={drawn} style={{ transform: `translateY(${start}px)` }}>
          {Array.from({ length: to - from }, (_, at) => from + at).map((row) => {
            const where = rows.place(row);
            if (!where) return null;
            const content = rows.at(row);
            const chosen = line !== undefined && compare(where, line) === 0;
            return (
              <div
                key={row % PLACES}
                data-index={row}
                className="c32-log-line"
                data-stream={content?.stream}
                data-level={content?.level ?? undefined}
                data-chosen={chosen || undefined}
              >
                <LogRow
                  attempt={where.attempt}
                  number={where.line}
                  line={content}
                  find={find}
                  address={address}
                  times={times}
                  attempts={log.attempts.length > 1}
                  chosen={chosen}
                />
              </div>
            );
          })}
        </div>
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
