import { startTransition, useCallback, useState } from "react";

/**
 * Whether something is open whose file is fetched when it is first wanted. Inside a `Suspense` that stands all the time it is
 * opened in a transition: what takes the place of an empty fallback React holds back for another 300 ms.
 */
export function useOpening(): [opened: boolean, open: () => void, close: () => void] {
  const [opened, set] = useState(false);
  const open = useCallback(() => startTransition(() => set(true)), []);
  const close = useCallback(() => set(false), []);
  return [opened, open, close];
}
