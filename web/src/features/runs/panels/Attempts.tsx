import { Text } from "@mantine/core";

import { DataTable, type Column } from "../../../components/DataTable";
import { Moment } from "../../../components/Moment";
import { StatusBadge } from "../../../components/StatusBadge";
import { run as texts } from "../../../texts/runs";
import { duration } from "../../../format/duration";
import { size, whole } from "../../../format/size";
import type { Attempt } from "../queries";

const took = (attempt: Attempt) =>
  attempt.started_at ? new Date(attempt.finished_at).getTime() - new Date(attempt.started_at).getTime() : null;

const COLUMNS: Column<Attempt>[] = [
  { key: "attempt", head: texts.fact.attempts, cell: (attempt) => attempt.attempt },
  { key: "outcome", head: texts.cost.status, cell: (attempt) => <StatusBadge status={attempt.outcome} /> },
  { key: "began", head: texts.fact.started, cell: (attempt) => <Moment at={attempt.started_at} /> },
  { key: "took", head: texts.fact.took, cell: (attempt) => duration(took(attempt)), align: "right" },
  { key: "cpu", head: texts.resources.cpuSeconds, cell: (attempt) => duration(attempt.cpu_seconds === null ? null : attempt.cpu_seconds * 1000), align: "right" },
  { key: "memory", head: texts.resources.peak, cell: (attempt) => size(attempt.peak_memory), align: "right" },
  { key: "worker", head: texts.trace.attribute.worker ?? "", cell: (attempt) => <span className="c32-dim c32-break">{attempt.worker}</span>, wide: true },
];

/** Finished attempts: how each ended, and for those that failed where. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <Text className="c32-dim">{texts.notYet}</Text>;
  return (
    <>
      <DataTable label={texts.trace.attempts} columns={COLUMNS} rows={attempts} rowKey={(attempt) => String(attempt.attempt)} />
      {attempts.map((attempt) => (
        <Trouble attempt={attempt} key={attempt.attempt} />
      ))}
    </>
  );
}

function Trouble({ attempt }: { attempt: Attempt }) {
  return (
    <>
      {attempt.error && (
        <Text size="sm" mt="sm" className="c32-break">
          <b>{texts.lines.attemptNumber(attempt.attempt)}:</b> <code>{attempt.error.code}</code> {attempt.error.detail}
        </Text>
      )}
      {attempt.log_lines_dropped > 0 && (
        <Text size="sm" className="c32-dim">
          {texts.trace.dropped(whole(attempt.log_lines_dropped))}
        </Text>
      )}
      {attempt.traceback && <Traceback text={attempt.traceback} attempt={attempt.attempt} />}
    </>
  );
}

function Traceback({ text, attempt }: { text: string; attempt: number }) {
  return (
    <pre className="c32-pre" tabIndex={0} role="group" aria-label={`${texts.trace.traceback} ${texts.lines.attemptNumber(attempt)}`}>
      {text}
    </pre>
  );
}
