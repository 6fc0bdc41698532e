/**
 * A stream of server-sent events that comes back. A browser reconnects by itself only while the connection breaks; one
 * answer that is no stream (a proxy's 502, an upgrade) closes an EventSource for good, and without saying why.
 */

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
/** Nothing that waiting would change: signed out, not allowed, gone. */
const FINAL = new Set([400, 401, 403, 404, 405, 410, 422]);

/** What it is made of; tests have others. */
export interface Means {
  open: (address: string) => EventSource;
  /** What the server answers at this address; 0: nothing. */
  status: (address: string, signal: AbortSignal) => Promise<number>;
  random: () => number;
}

export interface Listener {
  names: readonly string[];
  event: (name: string, data: string) => void;
  /** Whether events can come now. */
  state: (open: boolean) => void;
  /** It is open again, and something may have happened meanwhile. */
  missed: () => void;
  /** It is closed for good, because of this answer. */
  stopped: (status: number) => void;
}

async function statusOf(address: string, signal: AbortSignal): Promise<number> {
  const looking = new AbortController();
  try {
    const response = await fetch(address, {
      headers: { Accept: "text/event-stream", "X-Codex32-Request": "1" },
      credentials: "same-origin",
      signal: AbortSignal.any([signal, looking.signal]),
    });
    return response.status;
  } catch {
    return 0;
  } finally {
    looking.abort(); // only its first line was asked for
  }
}

export const REAL: Means = { open: (address) => new EventSource(address), status: statusOf, random: Math.random };

/** How long to wait before the next try: twice as long each time, and never the same for all who wait. */
export function pause(failures: number, random: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** failures) * (0.5 + random / 2);
}

/** Open `address` and keep it open until the returned function is called, it ends, or the server says that it is over. */
export function follow(address: string, listener: Listener, { open, status, random }: Means = REAL): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let last = "";
  let before = false;
  const over = new AbortController();

  function close() {
    over.abort();
    clearTimeout(timer);
    source?.close();
  }

  function take(event: MessageEvent<string>) {
    last = event.lastEventId || last;
    listener.event(event.type, event.data);
    if (event.type !== "end") return;
    close();
    listener.state(false);
  }

  function begin() {
    const next = open(last === "" ? address : `${address}${address.includes("?") ? "&" : "?"}last_event_id=${encodeURIComponent(last)}`);
    source = next;
    next.onopen = () => {
      failures = 0;
      listener.state(true);
      if (before) listener.missed();
      before = true;
    };
    next.onerror = () => {
      listener.state(false);
      if (next.readyState === next.CLOSED) void again();
    };
    for (const name of new Set([...listener.names, "end"])) next.addEventListener(name, take);
  }

  async function again() {
    before = true; // what came while it could not be opened was missed too
    const answer = await status(address, over.signal);
    if (over.signal.aborted) return;
    if (FINAL.has(answer)) {
      close();
      listener.stopped(answer);
      return;
    }
    timer = setTimeout(begin, pause(failures, random()));
    failures += 1;
  }

  begin();
  return close;
}
