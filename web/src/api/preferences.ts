/** What a person chose for this browser. It is kept here and nowhere else: the server shows the same to everyone. */
import { useSyncExternalStore } from "react";

export interface Preferences {
  /** IANA zone for every time that is shown; undefined: the browser's own. */
  zone?: string | undefined;
  /** Addresses of the app that were looked at last, for the command palette. */
  recent: string[];
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
    return { ...kept, recent: Array.isArray(kept.recent) ? kept.recent : [] };
  } catch {
    return { recent: [] }; // storage is switched off, or holds something else
  }
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

export function usePreferences(): Preferences {
  return useSyncExternalStore(preferences.subscribe, preferences.get);
}
