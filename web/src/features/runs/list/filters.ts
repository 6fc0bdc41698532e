/** Filters of the list as the address spells them, and as the API and the live stream are asked. */
import type { Run } from "../../../api/types";
import type { Search } from "../../../router";

export const FILTERS = ["q", "bot", "status", "environment", "trigger", "window", "since", "until", "person", "error"] as const;

const WINDOWS: Record<string, number> = { "1h": 3600_000, "24h": 24 * 3600_000, "7d": 7 * 24 * 3600_000, "30d": 30 * 24 * 3600_000 };
/** What a run may stop to be, and what every new run is. */
const LEAVING = new Set(["status", "error", "since"]);
const MINUTE = 60_000;

export type Asked = Record<string, string | undefined>;

/** The address's filters as parameters; a window that ends now begins at a whole minute, so that it asks the same for a while. */
export function parameters(address: Search, now: number): Asked {
  const { q, bot, status, environment, trigger, person, error } = address;
  const length = WINDOWS[address.window ?? ""];
  const since = length ? new Date(Math.floor((now - length) / MINUTE) * MINUTE).toISOString() : moment(address.since);
  const until = length ? undefined : moment(address.until);
  return Object.fromEntries(
    Object.entries({ q, bot, status, environment, trigger, since, until, person, error }).filter(([, value]) => Boolean(value)),
  );
}

/** What the stream is asked: without what a run may stop to be, so that one which leaves the list is heard of. */
export function streamed(asked: Asked): string | null {
  if (asked.until) return null; // nothing new comes there
  const kept = Object.entries(asked).filter(([name, value]) => value && !LEAVING.has(name)) as [string, string][];
  const query = new URLSearchParams(kept).toString();
  return `/runs/stream${query ? `?${query}` : ""}`;
}

/** Whether a run that the stream told of belongs into the list; the stream has looked at the rest. */
export function belongs(run: Run, { status, error }: Asked): boolean {
  return (!status || run.status === status) && (!error || run.error?.code === error);
}

export function narrowed(address: Search): boolean {
  return FILTERS.some((name) => Boolean(address[name]));
}

/** A moment of the address (ISO 8601, or as a date field writes it: in the zone of the browser). */
function moment(text: string | undefined): string | undefined {
  const at = text ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
