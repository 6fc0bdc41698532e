import { memo } from "react";

import type { LogLine } from "../../../api/types";
import { run as texts } from "../../../texts/runs";
import { ansi } from "./ansi";
import { marked } from "./marking";
import { spelled } from "./positions";

interface Props {
  attempt: number;
  number: number;
  /** Undefined: it is being fetched. */
  line: LogLine | undefined;
  find: string;
  /** The page's address, to which a line is added: `/runs/1?tab=log&`. */
  address: string;
  times: boolean;
  /** Whether the attempt is said with the line's number. */
  attempts: boolean;
  chosen: boolean;
}

/** One line: its number leads to itself, its words are text in coloured spans. */
export const LogRow = memo(function LogRow({ attempt, number, line, find, address, times, attempts, chosen }: Props) {
  const place = spelled({ attempt, line: number });
  return (
    <>
      {/* No router's Link: dozens of them are made in each frame of scrolling. Clicks are taken by the list. */}
      <a
        href={`${address}line=${encodeURIComponent(place)}`}
        data-line={place}
        className="c32-log-number"
        tabIndex={-1}
        aria-label={texts.lines.link(number)}
        aria-current={chosen || undefined}
      >
        {attempts ? place : number}
      </a>
      {times && (
        <time className="c32-log-time" dateTime={line?.at}>
          {line ? clock(line.at) : ""}
        </time>
      )}
      <span className="c32-log-label">{line ? (line.level ?? (line.stream === "stdout" ? "" : line.stream)) : ""}</span>
      <span className="c32-log-text">
        {line === undefined
          ? "…"
          : marked(ansi(line.text), find).map(({ text, style, hit }, at) =>
              hit ? (
                <mark key={at} className={style || undefined}>
                  {text}
                </mark>
              ) : (
                <span key={at} className={style || undefined}>
                  {text}
                </span>
              ),
            )}
      </span>
    </>
  );
});

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });

function clock(at: string): string {
  return CLOCK.format(new Date(at));
}
