/** The rows of a log that are in the page, as it is scrolled, resized and grows. */
import { useLayoutEffect, useState, useSyncExternalStore, type RefObject } from "react";

import { Sight, type Range } from "./sight";

interface Options {
  place: RefObject<HTMLElement | null>;
  /** Holds the rows that are in the page. */
  rows: RefObject<HTMLElement | null>;
  count: number;
  atEnd: boolean;
  /** Whether rows may be taller than one line; then they are measured. */
  wrap: boolean;
  times: boolean;
}

export function useSight({ place, rows, count, atEnd, wrap, times }: Options): { range: Range; sight: Sight } {
  const [sight] = useState(() => new Sight());
  useSyncExternalStore(sight.subscribe, sight.present);
  const range = sight.range(count, atEnd);

  useLayoutEffect(() => sight.forget(), [sight, wrap, times]);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const drawn = wrap && rows.current ? (rows.current.children as HTMLCollectionOf<HTMLElement>) : [];
    const top = sight.drew(range, count, atEnd, drawn);
    if (top !== undefined) scroll(element, top, sight);
  });
  useLayoutEffect(() => {
    if (place.current) return watch(place.current, sight);
  }, [place, sight]);
  return { range, sight };
}

function scroll(element: HTMLElement, top: number, sight: Sight): void {
  if (Math.abs(element.scrollTop - top) < 1) return;
  element.scrollTop = top;
  sight.look(element.scrollTop, element.clientHeight);
}

/** Tells what can be seen as the size changes; gives what ends it. */
function watch(element: HTMLElement, sight: Sight): () => void {
  let width = element.clientWidth;
  sight.look(element.scrollTop, element.clientHeight);
  const observer = new ResizeObserver(() => {
    sight.look(element.scrollTop, element.clientHeight);
    if (element.clientWidth !== width) sight.forget();
    width = element.clientWidth;
  });
  observer.observe(element);
  return () => observer.disconnect();
}
