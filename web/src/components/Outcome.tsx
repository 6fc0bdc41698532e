import "./outcome.css";

import { useEffect, useRef } from "react";

import { isIdle } from "./idle";

interface Props {
  /** What came of it, in a sentence; empty until something did. */
  text: string;
  tone?: "good" | "quiet";
}

/**
 * Says what came of what a person did. The place is there before the words are, so that they are announced; and the keyboard goes
 * on from it where the button that was pressed is gone, because the page would begin at its top again.
 */
export function Outcome({ text, tone = "good" }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (text === "") return;
    if (isIdle()) place.current?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: "nearest" });
  }, [text]);
  return (
    <div role="status" tabIndex={-1} ref={place} className="c32-outcome" data-tone={tone}>
      {text}
    </div>
  );
}
