import type { ReactNode } from "react";

import { Moment } from "./Moment";
import "./timeline.css";

export interface Happening {
  key: string;
  at: string;
  tone: "good" | "bad" | "busy" | "warn" | "quiet";
  /** What kind of thing it was, in a word or two. */
  kind?: string;
  text: ReactNode;
  links?: ReactNode;
}

/** What happened, one below the other in the order given; the dot's colour only repeats what the words say. */
export function Timeline({ label, items }: { label: string; items: readonly Happening[] }) {
  return (
    <ol className="c32-timeline" aria-label={label}>
      {items.map((item) => (
        <li key={item.key} data-tone={item.tone}>
          <div className="c32-timeline-head">
            {item.kind && <b>{item.kind}</b>}
            <span className="c32-dim">
              <Moment at={item.at} />
            </span>
            {item.links}
          </div>
          <div className="c32-break">{item.text}</div>
        </li>
      ))}
    </ol>
  );
}
