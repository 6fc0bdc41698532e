import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ReceiptText } from "lucide-react";

import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { Waiting } from "../../components/Waiting";
import { duration } from "../../format/duration";
import { money } from "../../format/money";
import { whole } from "../../format/size";
import { usage as texts } from "../../texts/usage";
import { calls, type Call, type Narrowed } from "./queries";

const COLUMNS: Column<Call>[] = [
  { key: "at", head: texts.ledger.at, cell: (call) => <Moment at={call.at} style="short" /> },
  { key: "model", head: texts.ledger.model, cell: (call) => <span className="c32-break">{`${call.provider}/${call.model}`}</span> },
  { key: "who", head: texts.ledger.who, cell: (call) => <ForWhom call={call} /> },
  { key: "tokens", head: texts.ledger.tokens, align: "right", cell: (call) => `${whole(call.input)} / ${whole(call.output)}` },
  { key: "cost", head: texts.ledger.cost, align: "right", cell: (call) => (call.cache_hit ? texts.ledger.cached : money(call.cost)) },
  { key: "time", head: texts.ledger.time, align: "right", wide: true, cell: (call) => duration(call.latency_ms) },
  { key: "outcome", head: texts.ledger.outcome, cell: (call) => <StatusBadge status={call.status} label={call.error ?? undefined} /> },
];

/** One row for each attempt at a provider, the newest first; nothing here can be changed by anyone. */
export function LedgerPanel({ since, narrowed }: { since: string; narrowed: Narrowed }) {
  const list = useInfiniteQuery(calls(since, narrowed));
  if (list.error) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Waiting rows={8} />;
  const rows = list.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return (
      <EmptyState icon={ReceiptText} title={texts.empty}>
        {texts.emptyText}
      </EmptyState>
    );
  }
  return (
    <>
      <DataTable label={texts.tabs.ledger} columns={COLUMNS} rows={rows} rowKey={(call) => call.id} />
      <More of={list} />
    </>
  );
}

function ForWhom({ call }: { call: Call }) {
  if (call.run_id) {
    return (
      <Link to="/runs/$runId" params={{ runId: call.run_id }} className="c32-link">
        {texts.ledger.run} {call.run_id.slice(-8)}
      </Link>
    );
  }
  if (call.builder_session) {
    return (
      <Link to="/build/$sessionId" params={{ sessionId: call.builder_session }} className="c32-link">
        {texts.ledger.session} {call.builder_session.slice(-8)}
      </Link>
    );
  }
  return (
    <span>
      {texts.ledger.key} {call.key_id.slice(-8)}
    </span>
  );
}
