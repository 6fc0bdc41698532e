import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Run } from "../../api/types";
import { DataTable, type Column } from "../../components/DataTable";
import { Moment } from "../../components/Moment";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { Waiting } from "../../components/Waiting";
import { duration } from "../../format/duration";
import { money } from "../../format/money";
import { botRuns as texts } from "../../texts/bots";
import { triggers } from "../../texts/runs";
import { short } from "../runs/ids";

const COLUMNS: Column<Run>[] = [
  {
    key: "run",
    head: texts.run,
    cell: (run) => (
      <Link className="c32-link" to="/runs/$runId" params={{ runId: run.id }}>
        <code>{short(run.id)}</code>
      </Link>
    ),
  },
  { key: "status", head: texts.status, cell: (run) => <StatusBadge status={run.status} /> },
  { key: "created", head: texts.created, cell: (run) => <span className="c32-whole"><Moment at={run.created_at} style="relative" /></span> },
  { key: "took", head: texts.took, align: "right", cell: (run) => <span className="c32-whole">{duration(run.duration_ms)}</span> },
  { key: "where", head: texts.where, cell: (run) => run.environment, wide: true },
  { key: "trigger", head: texts.trigger, cell: (run) => triggers[run.trigger.kind] ?? run.trigger.kind, wide: true },
  { key: "cost", head: texts.cost, align: "right", cell: (run) => (run.spent ? money(run.spent.cost) : "–"), wide: true },
  {
    key: "error",
    head: texts.error,
    cell: (run) => (
      <Text size="sm" className="c32-dim" lineClamp={1} maw="24rem">
        {run.error ? run.error.detail || run.error.code : ""}
      </Text>
    ),
    wide: true,
  },
];

interface Props {
  rows: readonly Run[] | undefined;
  error: Error | null;
  empty: string;
}

/** Runs of one bot. */
export function BotRuns({ rows, error, empty }: Props) {
  if (rows === undefined) return error ? <ProblemNote error={error} /> : <Waiting rows={4} height={36} />;
  if (rows.length === 0) return <Text className="c32-dim">{empty}</Text>;
  return <DataTable label={texts.title} columns={COLUMNS} rows={rows} rowKey={(run) => run.id} />;
}
