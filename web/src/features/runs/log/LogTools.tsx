import { ActionIcon, Button, Group, Menu, NativeSelect, Switch, Text, Tooltip } from "@mantine/core";
import { ArrowDown, ArrowDownToLine, ArrowUp, Download } from "lucide-react";
import { memo, type SyntheticEvent } from "react";

import { CopyButton } from "../../../components/CopyButton";
import { SearchField } from "../../../components/SearchField";
import { run as texts } from "../../../texts/runs";
import { neighbour, type Position } from "./positions";
import type { FoundLines } from "./found";

const STREAMS = ["stdout", "stderr", "log", "system"];
const LEVELS = ["debug", "info", "warning", "error"];

export interface LogWords {
  find: string;
  stream: string;
  level: string;
  attempt: string;
  wrap: boolean;
  times: boolean;
}

interface Props {
  runId: string;
  words: LogWords;
  onWords: (change: Record<string, string>) => void;
  attempts: readonly number[];
  hits: FoundLines | undefined;
  /** Grows with every change of `hits`. */
  found: number;
  line: Position | undefined;
  onLine: (line: Position) => void;
  live: boolean;
  follow: boolean;
  onFollow: () => void;
}

/**
 * What can be done with a log: search and walk through what was found, narrow, show differently, take away. Lines that come change
 * nothing of it: it is not drawn again for them.
 */
export const LogTools = memo(function LogTools(props: Props) {
  const { runId, words, onWords, attempts, line, live, follow, onFollow } = props;
  return (
    <div className="c32-log-tools">
      <Finder {...props} />
      <NativeSelect
        aria-label={texts.lines.stream}
        data={[{ value: "", label: texts.lines.anyStream }, ...STREAMS]}
        value={words.stream}
        onChange={(event) => onWords({ stream: event.currentTarget.value })}
      />
      <NativeSelect
        aria-label={texts.lines.level}
        data={[{ value: "", label: texts.lines.anyLevel }, ...LEVELS]}
        value={words.level}
        onChange={(event) => onWords({ level: event.currentTarget.value })}
      />
      {attempts.length > 1 && (
        <NativeSelect
          aria-label={texts.lines.attempt}
          data={[{ value: "", label: texts.lines.anyAttempt }, ...attempts.map((one) => ({ value: String(one), label: texts.lines.attemptNumber(one) }))]}
          value={words.attempt}
          onChange={(event) => onWords({ attempt: event.currentTarget.value })}
        />
      )}
      <Switch label={texts.lines.times} checked={words.times} onChange={(event) => onWords({ times: event.currentTarget.checked ? "" : "no" })} />
      <Switch label={texts.lines.wrap} checked={words.wrap} onChange={(event) => onWords({ wrap: event.currentTarget.checked ? "yes" : "" })} />
      <Group gap="xs" ml="auto">
        {line && <CopyButton text={window.location.href} label={texts.lines.copyLink} />}
        {!follow && (
          <Button size="xs" variant="default" leftSection={<ArrowDownToLine size={14} aria-hidden />} onClick={onFollow}>
            {live ? texts.lines.follow : texts.lines.toEnd}
          </Button>
        )}
        <Downloads runId={runId} attempt={words.attempt} />
      </Group>
    </div>
  );
});

function Finder({ words, onWords, hits, line, onLine }: Props) {
  const lines = hits?.lines ?? [];
  const step = (by: 1 | -1) => {
    const found = neighbour(lines, line, by);
    if (found) onLine({ attempt: found.attempt, line: found.line });
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    step(1);
  };
  return (
    <search className="c32-log-finder">
      <form onSubmit={submit}>
        <SearchField label={texts.lines.find} value={words.find} onSearch={(find) => onWords({ find: find.trim() })} />
      </form>
      {hits && (
        <>
          <Text size="sm" role="status" className="c32-log-hits">
            {texts.lines.hits(line ? hits.indexOf(line) : undefined, lines.length, hits.done, hits.capped)}
          </Text>
          <Tooltip label={texts.lines.previous}>
            <ActionIcon variant="default" aria-label={texts.lines.previous} disabled={lines.length === 0} onClick={() => step(-1)}>
              <ArrowUp size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={texts.lines.next}>
            <ActionIcon variant="default" aria-label={texts.lines.next} disabled={lines.length === 0} onClick={() => step(1)}>
              <ArrowDown size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </>
      )}
    </search>
  );
}

function Downloads({ runId, attempt }: { runId: string; attempt: string }) {
  const path = (more: Record<string, string>) => {
    const given = new URLSearchParams({ ...(attempt ? { attempt } : {}), ...more }).toString();
    return `/api/v1/runs/${runId}/logs/download${given ? `?${given}` : ""}`;
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<Download size={14} aria-hidden />}>
          {texts.lines.download}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" download href={path({})}>
          {texts.lines.asText}
        </Menu.Item>
        <Menu.Item component="a" download href={path({ times: "true" })}>
          {texts.lines.asTimes}
        </Menu.Item>
        <Menu.Item component="a" download href={path({ format: "ndjson" })}>
          {texts.lines.asJson}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
