import { useEffect } from "react";

import { preferences, type Looked } from "../api/preferences";

const KEPT = 8;

/** Keeps a thing that is looked at, by its name, for the command palette; nothing while it is not known. */
export function useLookedAt(looked: Looked | undefined): void {
  const { path, kind, name, at } = looked ?? {};
  useEffect(() => {
    if (path === undefined || kind === undefined || name === undefined) return;
    const others = preferences.get().recent.filter((one) => one.path !== path);
    preferences.set({ recent: [{ path, kind, name, at }, ...others].slice(0, KEPT) });
  }, [path, kind, name, at]);
}
