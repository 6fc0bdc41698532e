/** The present, as all relative times of the page share it: it moves every few seconds, and when one more looks at it. */
import { useSyncExternalStore } from "react";

const TICK_MS = 10_000;
const STALE_MS = 1000;
const listeners = new Set<() => void>();
let present = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
let due = false;

function tick() {
  due = false;
  present = Date.now();
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  // A list of a hundred times that comes moves the clock once.
  if (!due && Date.now() - present > STALE_MS) {
    due = true;
    queueMicrotask(tick);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function look(): number {
  // While nobody looks the clock stands; the first who looks sets it, and need not be drawn a second time.
  if (listeners.size === 0 && Date.now() - present > STALE_MS) present = Date.now();
  return present;
}

/** Milliseconds since 1970. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, look);
}
