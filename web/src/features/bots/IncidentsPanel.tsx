import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";

import type { Schemas } from "../../api/types";
import { Answered } from "../../components/Answered";
import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { StatusBadge } from "../../components/StatusBadge";
import { incidents as texts } from "../../texts/bots";
import type { PanelProps } from "./BotPage";
import * as queries from "./queries";

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
  { key: "kind", head: texts.kind, cell: (one) => one.kind.replaceAll("_", " "), wide: true },
  { key: "opened", head: texts.opened, cell: (one) => <Moment at={one.opened_at} style="relative" /> },
  { key: "state", head: texts.state, cell: (one) => <StatusBadge status={one.resolved_at ? "resolved" : "open"} label={one.resolved_at ? texts.resolved : texts.open} /> },
];

/** What went wrong with this bot and needed a person. */
export default function IncidentsPanel({ botRef }: PanelProps) {
  const list = useQuery(queries.incidents(botRef));
  return (
    <Answered query={list} rows={3}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState icon={ShieldCheck} title={texts.none}>
            {texts.noneText}
          </EmptyState>
        ) : (
          <div className="c32-sheet c32-sheet-padded">
            <DataTable label={texts.title} columns={COLUMNS} rows={items} rowKey={(one) => one.id} />
          </div>
        )
      }
    </Answered>
  );
}
