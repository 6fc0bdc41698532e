import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";

import type { Schemas } from "../../api/types";
import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { Waiting } from "../../components/Waiting";
import { incidents as texts } from "../../texts/bots";
import { incident } from "../../texts/incidents";
import { incidents as found } from "../incidents/queries";
import type { PanelProps } from "./BotPage";

const { kinds } = incident;
type Incident = Schemas["IncidentView"];

const COLUMNS: Column<Incident>[] = [
  {
    key: "what",
    head: texts.what,
    cell: (one) => (
      <Link className="c32-link" to="/incidents/$incidentId" params={{ incidentId: one.id }}>
        {one.message}
      </Link>
    ),
  },
  { key: "kind", head: texts.kind, cell: (one) => kinds[one.kind] ?? one.kind, wide: true },
  { key: "opened", head: texts.opened, cell: (one) => <Moment at={one.opened_at} style="relative" /> },
  { key: "state", head: texts.state, cell: (one) => <StatusBadge status={one.resolved_at ? "resolved" : "open"} label={one.resolved_at ? texts.resolved : texts.open} /> },
];

/** What went wrong with this bot and needed a person. */
export default function IncidentsPanel({ botRef }: PanelProps) {
  const list = useInfiniteQuery(found({ bot: botRef }));
  const items = list.data?.pages.flatMap((page) => page.items);
  if (!items) return list.error ? <ProblemNote error={list.error} onRetry={() => void list.refetch()} /> : <Waiting rows={3} />;
  if (items.length === 0) {
    return (
      <EmptyState icon={ShieldCheck} title={texts.none}>
        {texts.noneText}
      </EmptyState>
    );
  }
  return (
    <>
      <div className="c32-sheet c32-sheet-padded">
        <DataTable label={texts.title} columns={COLUMNS} rows={items} rowKey={(one) => one.id} />
      </div>
      <More of={list} />
    </>
  );
}
