/** When the clocks of a zone change next. */

export interface Change {
  /** The first moment with the new offset, to the minute. */
  at: number;
  forward: boolean;
  minutes: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const AHEAD_DAYS = 370;

/** The next change within about a year after `from` (ms); null if the clocks of the zone stay as they are. */
export function nextChange(zone: string, from: number): Change | null {
  const offset = offsetsOf(zone);
  const before = offset(from);
  let start = from;
  for (let day = 1; day <= AHEAD_DAYS; day += 1) {
    const end = from + day * DAY_MS;
    if (offset(end) !== before) {
      const at = halve(offset, start, end);
      return { at, forward: offset(at) > before, minutes: Math.abs(offset(at) - before) };
    }
    start = end;
  }
  return null;
}

function halve(offset: (at: number) => number, start: number, end: number): number {
  const before = offset(start);
  let low = Math.floor(start / MINUTE_MS);
  let high = Math.ceil(end / MINUTE_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offset(middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

/** Minutes that local time is ahead of UTC. */
function offsetsOf(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  }); // prettier-ignore
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const local = Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day, parts.hour, parts.minute);
    return Math.round((local - at) / MINUTE_MS);
  };
}
