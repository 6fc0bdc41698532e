import "./log.css";

import { Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useCallback, useMemo, useRef, useState } from "react";

import { ProblemNote } from "../../../components/ProblemNote";
import { useAddress } from "../../../components/useAddress";
import { Waiting } from "../../../components/Waiting";
import { run as texts } from "../../../texts/runs";
import { whole as wholeNumber } from "../../../format/size";
import { LogRows } from "./LogRows";
import { LogTools, type LogWords } from "./LogTools";
import { parsed, spelled, type Position } from "./positions";
import { useLog, type Log } from "./useLog";

interface Props {
  runId: string;
  /** Whether more lines may come. */
  goesOn: boolean;
  failed: boolean;
  height?: string;
}

/** A run's log with its tools; what is searched, chosen and shown is in the address. */
export function LogView({ runId, goesOn, failed, height = "calc(100vh - 16rem)" }: Props) {
  const [address, change] = useAddress();
  const narrow = useMediaQuery("(max-width: 40rem)");
  const attempt = Number(address.attempt) || undefined;
  const choice = { attempt, stream: address.stream || undefined, level: address.level || undefined };
  const find = address.find ?? "";
  const log = useLog(runId, goesOn, choice, find);
  const line = useMemo(() => parsed(address.line), [address.line]);
  const [follow, setFollow] = useState(false);
  const toEnd = useRef<(() => void) | undefined>(undefined);
  const keepToEnd = useCallback((go: () => void) => {
    toEnd.current = go;
  }, []);
  const goTo = useCallback((place: Position) => change({ line: spelled(place) }), [change]);
  const goToEnd = useCallback(() => {
    change({ line: "" });
    toEnd.current?.();
  }, [change]);
  const words = useWords(address, narrow);

  if (log instanceof Error) return <ProblemNote error={log} />;
  if (!log) return <Waiting rows={6} height={20} />;
  return (
    <div className="c32-log-frame">
      <LogTools
        runId={runId}
        words={words}
        onWords={change}
        attempts={log.attempts}
        hits={log.hits}
        found={log.found}
        line={line}
        onLine={goTo}
        live={log.live}
        follow={follow}
        onFollow={goToEnd}
      />
      {log.error && <ProblemNote error={log.error} onRetry={log.retry} />}
      {log.rows.count === 0 ? (
        <Text className="c32-dim" role="status" size="sm">
          {empty(log, Boolean(choice.stream ?? choice.level ?? choice.attempt))}
        </Text>
      ) : (
        <LogRows
          key={attempt ?? 0}
          log={log}
          find={find}
          times={words.times}
          wrap={words.wrap}
          line={line}
          onLine={goTo}
          fromEnd={goesOn || failed}
          height={height}
          followRef={keepToEnd}
          onFollow={setFollow}
        />
      )}
      <Text size="xs" className="c32-dim c32-log-foot">
        {texts.lines.count(log.rows.count, wholeNumber(log.rows.count))}
        {log.capped && ` ${texts.lines.capped}`}
        {log.live && ` ${follow ? texts.lines.following : texts.lines.held}`}
      </Text>
    </div>
  );
}

/** What of the log is shown and how, as the address has it. */
function useWords({ find = "", stream = "", level = "", attempt = "", wrap, times }: Record<string, string | undefined>, narrow: boolean): LogWords {
  return useMemo(
    () => ({ find, stream, level, attempt, wrap: wrap ? wrap === "yes" : narrow, times: times !== "no" && !narrow }),
    [find, stream, level, attempt, wrap, times, narrow],
  );
}

function empty(log: Log, narrowed: boolean): string {
  if (log.searching) return texts.lines.searching;
  if (narrowed) return texts.lines.none;
  return log.live ? texts.waiting : texts.logEmpty;
}
