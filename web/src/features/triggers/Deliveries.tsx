import { SegmentedControl, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Inbox } from "lucide-react";

import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { useAddress } from "../../components/useAddress";
import { Waiting } from "../../components/Waiting";
import { duration } from "../../format/duration";
import { size } from "../../format/size";
import { webhook as texts } from "../../texts/webhooks";
import { deliveries, type Delivery } from "./queries";

const { columns, outcomes } = texts.deliveries;
const FILTERS = [{ value: "", label: texts.deliveries.all }, ...Object.entries(outcomes).map(([value, label]) => ({ value, label }))];
const TONES = { accepted: "good", repeated: "warn", refused: "bad" } as const;
const COLUMNS: readonly Column<Delivery>[] = [
  { key: "when", head: columns.when, cell: (one) => <Moment at={one.created_at} /> },
  { key: "outcome", head: columns.outcome, cell: Outcome },
  { key: "status", head: columns.status, cell: (one) => one.http_status },
  { key: "why", head: texts.deliveries.why, cell: Why },
  { key: "method", head: columns.method, wide: true, cell: (one) => one.method },
  { key: "size", head: columns.size, align: "right", wide: true, cell: (one) => size(one.size) },
  { key: "took", head: columns.took, align: "right", wide: true, cell: (one) => duration(one.latency_ms) },
  { key: "run", head: columns.run, cell: Run },
];

/** The last deliveries as they come in. */
export function Deliveries({ id }: { id: string }) {
  const [address, change] = useAddress();
  const outcome = address.outcome && address.outcome in outcomes ? address.outcome : undefined;
  const list = useInfiniteQuery(deliveries(id, outcome));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-label={texts.deliveries.filter}
        data={FILTERS}
        value={outcome ?? ""}
        onChange={(value) => change({ outcome: value })}
      />
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={4} />}
      {list.isSuccess && items.length === 0 && <Nothing narrowed={outcome !== undefined} />}
      {items.length > 0 && <DataTable label={texts.deliveries.label} columns={COLUMNS} rows={items} rowKey={(one) => one.id} />}
      <More of={list} />
    </Stack>
  );
}

function Nothing({ narrowed }: { narrowed: boolean }) {
  if (narrowed) return <Text className="c32-dim">{texts.deliveries.noneSo}</Text>;
  return (
    <EmptyState icon={Inbox} title={texts.deliveries.empty}>
      {texts.deliveries.emptyText}
    </EmptyState>
  );
}

function Outcome(one: Delivery) {
  return (
    <span>
      <StatusBadge status={one.outcome} tone={TONES[one.outcome]} />
      {one.test && <span className="c32-dim"> {texts.deliveries.test}</span>}
    </span>
  );
}

/** What the sender's id was, and why it did not go well. */
function Why(one: Delivery) {
  return (
    <div className="c32-break c32-small">
      {one.code && <b>{one.code}</b>} {one.detail}
      {one.delivery_id && (
        <div className="c32-dim" title={texts.deliveries.id}>
          {one.delivery_id}
        </div>
      )}
      {!one.code && !one.detail && !one.delivery_id && "–"}
    </div>
  );
}

function Run(one: Delivery) {
  if (!one.run_id) return "–";
  return (
    <Link className="c32-link" to="/runs/$runId" params={{ runId: one.run_id }} aria-label={`${texts.deliveries.run} ${one.run_id.slice(-8)}`}>
      {one.run_id.slice(-8)}
    </Link>
  );
}
