import { Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { DataTable, type Column } from "../../components/DataTable";
import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { Waiting } from "../../components/Waiting";
import { schedule as texts } from "../../texts/triggers";
import { slots, type Slot } from "./queries";

const TONES = { fired: "good", skipped: "warn", refused: "bad" } as const;
const COLUMNS: readonly Column<Slot>[] = [
  { key: "slot", head: texts.slotColumns.slot, cell: (one) => <Moment at={one.slot} style="short" /> },
  { key: "outcome", head: texts.slotColumns.outcome, cell: (one) => <StatusBadge status={one.outcome} tone={TONES[one.outcome]} /> },
  { key: "run", head: texts.slotColumns.run, cell: Run },
];

/** Every time it was due, newest first. */
export function Slots({ id }: { id: string }) {
  const list = useInfiniteQuery(slots(id));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={3} />}
      {list.isSuccess && items.length === 0 && <Text className="c32-dim">{texts.noHistory}</Text>}
      {items.length > 0 && <DataTable label={texts.history} columns={COLUMNS} rows={items} rowKey={(one) => one.slot} />}
      <More of={list} />
    </>
  );
}

function Run(one: Slot) {
  if (!one.run_id) return <span className="c32-break">{one.detail || "–"}</span>;
  return (
    <span>
      <Link className="c32-link" to="/runs/$runId" params={{ runId: one.run_id }}>
        {texts.run}
      </Link>
      {one.detail && <span className="c32-dim"> {one.detail}</span>}
    </span>
  );
}
