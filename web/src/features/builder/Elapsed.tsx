import { useEffect, useState } from "react";

import { duration } from "../../format/duration";

const TICK_MS = 1000;

/** How long something has been going on, in whole seconds; that a page is alive is seen by it. */
export function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <span className="c32-elapsed">{seconds(Math.max(0, now - new Date(since).getTime()))}</span>;
}

/** `7 s`, and from a minute on as `duration` has it. */
export function seconds(ms: number): string {
  return ms < 60_000 ? `${Math.floor(ms / 1000)} s` : duration(ms);
}
