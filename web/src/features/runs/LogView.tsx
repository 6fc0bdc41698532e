import { Text } from "@mantine/core";
import { useEffect, useState } from "react";

import type { LogLine } from "../../api/types";
import { run as runTexts } from "../../texts/runs";
import { keepLast } from "./lines";

const KEPT_LINES = 2000;
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** The lines of a run as they come (server-sent events resume by themselves); the newest are kept on the page. */
function useLogLines(runId: string): { lines: LogLine[]; ended: boolean } {
  const [lines, setLines] = useState<LogLine[]>([]);
  const [ended, setEnded] = useState(false);
  useEffect(() => {
    const source = new EventSource(`/api/v1/runs/${runId}/logs/stream`);
    let waiting: LogLine[] = [];
    // Drawn ten times a second at most, however fast lines come.
    const timer = setInterval(() => {
      if (waiting.length === 0) return;
      const batch = waiting;
      waiting = [];
      setLines((present) => keepLast(present, batch, KEPT_LINES));
    }, 100);
    source.addEventListener("line", (event: MessageEvent<string>) => waiting.push(JSON.parse(event.data) as LogLine));
    source.addEventListener("end", () => {
      source.close();
      setEnded(true);
    });
    return () => {
      source.close();
      clearInterval(timer);
    };
  }, [runId]);
  return { lines, ended };
}

export function LogView({ runId }: { runId: string }) {
  const { lines, ended } = useLogLines(runId);
  if (lines.length === 0) {
    return (
      <Text className="c32-dim" role="status">
        {ended ? runTexts.logEmpty : runTexts.waiting}
      </Text>
    );
  }
  return (
    <div className="c32-log" role="log" aria-label={runTexts.log} tabIndex={0}>
      {lines.map((line) => (
        <div className="c32-log-line" key={`${line.attempt}:${line.line}`} data-stream={line.stream} data-level={line.level ?? ""}>
          <time className="c32-dim" dateTime={line.at}>
            {TIME.format(new Date(line.at))}
          </time>
          <span className="c32-dim">{line.level ?? line.stream}</span>
          <span className="c32-log-text">{line.text}</span>
        </div>
      ))}
    </div>
  );
}
