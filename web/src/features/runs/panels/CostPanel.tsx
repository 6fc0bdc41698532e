import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Coins } from "lucide-react";

import { useMay } from "../../../api/rights";
import type { Run } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { DataTable, type Column } from "../../../components/DataTable";
import { EmptyState } from "../../../components/EmptyState";
import { Moment } from "../../../components/Moment";
import { Section } from "../../../components/Section";
import { Stat } from "../../../components/Stat";
import { StatusBadge } from "../../../components/StatusBadge";
import { run as texts } from "../../../texts/runs";
import { duration } from "../../../format/duration";
import { money } from "../../../format/money";
import { whole } from "../../../format/size";
import * as queries from "../queries";

const words = texts.cost;

const COLUMNS: Column<queries.ModelCall>[] = [
  { key: "at", head: words.at, cell: (call) => <Moment at={call.at} style="time" /> },
  { key: "model", head: words.model, cell: (call) => <span className="c32-break">{call.model}</span> },
  { key: "provider", head: words.provider, cell: (call) => call.provider, wide: true },
  { key: "status", head: words.status, cell: (call) => <StatusBadge status={call.status} label={call.cache_hit ? words.cached : undefined} /> },
  { key: "in", head: words.in, cell: (call) => whole(call.input), align: "right" },
  { key: "out", head: words.out, cell: (call) => whole(call.output), align: "right" },
  { key: "took", head: words.took, cell: (call) => duration(call.latency_ms), align: "right" },
  { key: "cost", head: words.cost, cell: (call) => money(call.cost), align: "right" },
];

/** What the run spent on models: sums, and each call. */
export function CostPanel({ run, goesOn }: { run: Run; goesOn: boolean }) {
  const may = useMay()("usage:read");
  const calls = useQuery({ ...queries.calls(run.id, goesOn), enabled: may });
  const { spent } = run;
  if (!spent && !goesOn) {
    return (
      <EmptyState icon={Coins} title={words.empty}>
        {words.emptyText}
      </EmptyState>
    );
  }
  return (
    <Stack>
      {spent && (
        <div className="c32-tiles">
          <Stat label={words.total} value={money(spent.cost)} />
          <Stat label={words.tokensIn} value={whole(spent.input_tokens)} />
          <Stat label={words.tokensOut} value={whole(spent.output_tokens)} />
          <Stat label={words.saved} value={money(spent.saved)} />
        </div>
      )}
      <Section title={words.calls}>
        {may ? (
          <Answered query={calls}>
            {(found) => <DataTable label={words.caption} columns={COLUMNS} rows={found.items} rowKey={(call) => call.id} />}
          </Answered>
        ) : (
          <Text className="c32-dim">{words.mayNot}</Text>
        )}
      </Section>
    </Stack>
  );
}
