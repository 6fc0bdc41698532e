import { useEffect, useRef, useState } from "react";

import { useLive } from "../../api/live";
import { merged, type Seen } from "./recent";

const SHOWN = 12;
const DRAW_EVERY_MS = 400;

/** The latest runs as they change. However many change in a moment, the page is drawn a few times a second. */
export function useRecentRuns(): { runs: Seen[]; live: boolean } {
  const [runs, setRuns] = useState<Seen[]>([]);
  const waiting = useRef<Seen[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const live = useLive("/runs/stream", {
    run: (data) => {
      waiting.current.push(data as Seen);
      timer.current ??= setTimeout(() => {
        const changed = waiting.current;
        waiting.current = [];
        timer.current = undefined;
        setRuns((known) => merged(known, changed, SHOWN));
      }, DRAW_EVERY_MS);
    },
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return { runs, live };
}
