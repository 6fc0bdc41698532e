/** Where somebody was before they had to sign in. What an address or the browser's storage says is not trusted: only places of this app are. */

const KEY = "codex32-back";
/** A one-time link is asked for and opened within minutes; who comes later begins at the beginning. */
const KEPT_MS = 15 * 60_000;

/** `text` as a path of this app, with its words and its fragment; undefined for anything that leads elsewhere. */
export function placeIn(text: unknown, origin: string): string | undefined {
  // A browser takes `\` for `/` and leaves out tabs and line ends, wherever they stand.
  // eslint-disable-next-line no-control-regex
  if (typeof text !== "string" || !text.startsWith("/") || /[\\\u0000-\u0020\u007f]/.test(text)) return undefined;
  const url = URL.canParse(text, origin) ? new URL(text, origin) : undefined;
  if (url?.origin !== origin || url.pathname.startsWith("//") || /^\/(?:sign-in|api)(?:\/|$)/.test(url.pathname)) return undefined;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** For the link that is opened in this browser next, most often in a new tab. */
export function keepPlace(place: string, now: number): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ place, now }));
  } catch {
    // It is a convenience: without storage one begins at the beginning.
  }
}

/** Whoever comes next begins at the beginning. */
export function forgetPlace(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept then.
  }
}

/** What was kept a moment ago; it is kept for once. */
export function takePlace(origin: string, now: number): string | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as { place?: unknown; now?: unknown } | null;
    localStorage.removeItem(KEY);
    const young = typeof kept?.now === "number" && Math.abs(now - kept.now) < KEPT_MS;
    return young ? placeIn(kept.place, origin) : undefined;
  } catch {
    return undefined;
  }
}
