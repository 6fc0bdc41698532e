/** What a person chose for this browser. It is kept here and nowhere else: the server shows the same to everyone. */
import { useSyncExternalStore } from "react";

/** A thing that was looked at, as the command palette names it. */
export interface Looked {
  path: string;
  kind: "bot" | "run" | "session" | "service" | "base" | "webhook" | "proposal" | "incident" | "guide";
  /** Its own; of a run that of its bot. */
  name: string;
  /** When it was made, where that tells it from others of its name. */
  at?: string | undefined;
}

export interface Preferences {
  /** IANA zone for every time that is shown; undefined: the browser's own. */
  zone?: string | undefined;
  /** What was looked at last, for the command palette. */
  recent: Looked[];
  /** Who looked: nobody else is shown it. */
  lookedBy?: string | undefined;
  /** Keys without Ctrl or Cmd do nothing: for those who speak to their computer, or touch keys by accident. */
  noLetterKeys?: boolean | undefined;
  /** The first steps on the home page are not shown any more. */
  firstStepsHidden?: boolean | undefined;
}

const KEY = "codex32-preferences";
const listeners = new Set<() => void>();

function read(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>;
    return { ...kept, recent: Array.isArray(kept.recent) ? kept.recent.filter(isLooked) : [] };
  } catch {
    return { recent: [] }; // storage is switched off, or holds something else
  }
}

/** Older releases kept addresses. */
function isLooked(one: unknown): one is Looked {
  const { path, kind, name } = (one ?? {}) as Partial<Record<keyof Looked, unknown>>;
  return typeof path === "string" && /^\/\w/.test(path) && typeof kind === "string" && typeof name === "string";
}

let present = read();

export const preferences = {
  get: () => present,
  set: (change: Partial<Preferences>) => {
    present = { ...present, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(present));
    } catch {
      // It holds until the page is closed.
    }
    listeners.forEach((listener) => listener());
  },
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

/** Names that somebody else saw are not for whoever is signed in now. */
export function lookedAtBy(person: string): void {
  if (present.lookedBy !== person) preferences.set({ recent: [], lookedBy: person });
}

// Another tab chose, or signed out: what this one remembers must not bring back what was taken away there.
if (typeof window !== "undefined") {
  window.addEventListener("storage", (event) => {
    if (event.key !== KEY && event.key !== null) return;
    present = read();
    listeners.forEach((listener) => listener());
  });
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(preferences.subscribe, preferences.get);
}
