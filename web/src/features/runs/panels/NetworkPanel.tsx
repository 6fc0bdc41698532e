import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Globe } from "lucide-react";

import { Answered } from "../../../components/Answered";
import { DataTable, type Column } from "../../../components/DataTable";
import { EmptyState } from "../../../components/EmptyState";
import { Moment } from "../../../components/Moment";
import { Section } from "../../../components/Section";
import { StatusBadge } from "../../../components/StatusBadge";
import { run as texts } from "../../../texts/runs";
import { duration } from "../../../format/duration";
import { size, whole } from "../../../format/size";
import * as queries from "../queries";

const words = texts.network;
type Row = queries.Connection & { key: string };

const COLUMNS: Column<Row>[] = [
  { key: "at", head: words.at, cell: (one) => <Moment at={one.at} style="time" /> },
  { key: "host", head: words.host, cell: (one) => <span className="c32-break">{one.host ? `${one.host}:${one.port}` : words.unnamed}</span> },
  {
    key: "result",
    head: words.result,
    cell: (one) => (
      <span>
        <StatusBadge status={one.allowed ? "ok" : "refused"} label={one.allowed ? words.allowed : words.refused} />{" "}
        <span className="c32-dim">{words.reasons[one.reason] ?? one.reason}</span>
      </span>
    ),
  },
  { key: "sent", head: words.sent, cell: (one) => size(one.bytes_sent), align: "right" },
  { key: "received", head: words.received, cell: (one) => size(one.bytes_received), align: "right" },
  { key: "took", head: words.took, cell: (one) => duration(one.seconds * 1000), align: "right" },
  { key: "attempt", head: words.attempt, cell: (one) => one.attempt, align: "right", wide: true },
];

/** Every connection to a host, and every one that was refused, with why. */
export function NetworkPanel({ runId, goesOn }: { runId: string; goesOn: boolean }) {
  const egress = useQuery(queries.egress(runId, goesOn));
  return (
    <Answered query={egress}>
      {({ items, uncounted }) =>
        items.length === 0 ? (
          <EmptyState icon={Globe} title={words.empty}>
            {words.emptyText}
          </EmptyState>
        ) : (
          <Section title={texts.tabs.network}>
            <DataTable
              label={words.caption}
              columns={COLUMNS}
              rows={items.map((one, at) => ({ ...one, key: String(at) }))}
              rowKey={(one) => one.key}
            />
            {uncounted > 0 && (
              <Text size="sm" className="c32-dim">
                {words.uncounted(whole(uncounted))}
              </Text>
            )}
          </Section>
        )
      }
    </Answered>
  );
}
