import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { DataTable, type Column } from "../../components/DataTable";
import { Moment } from "../../components/Moment";
import { StatusBadge } from "../../components/StatusBadge";
import { service as texts } from "../../texts/services";
import { versionName } from "./order";
import type { Replica } from "./queries";

const COLUMNS: readonly Column<Replica>[] = [
  { key: "place", head: texts.columns.place, cell: (one) => one.slot },
  { key: "state", head: texts.columns.state, cell: State },
  { key: "version", head: texts.columns.version, cell: (one) => versionName(one.version) },
  { key: "probes", head: texts.columns.probes, cell: Probes },
  { key: "restarts", head: texts.columns.restarts, align: "right", cell: (one) => one.restarts },
  { key: "started", head: texts.columns.started, cell: (one) => <Moment at={one.started_at} style="relative" /> },
  { key: "last", head: texts.columns.last, wide: true, cell: LastEnd },
  { key: "log", head: texts.columns.log, cell: Log },
];

export function Replicas({ replicas }: { replicas: readonly Replica[] }) {
  if (replicas.length === 0) return <Text className="c32-dim">{texts.noReplicas}</Text>;
  return <DataTable label={texts.replicas} columns={COLUMNS} rows={replicas} rowKey={(one) => one.id} />;
}

function State(one: Replica) {
  return (
    <div>
      <StatusBadge status={one.state} />
      {(one.leaving || one.next_start_at) && (
        <Text size="xs" className="c32-dim" component="div">
          {one.leaving ? texts.leaving : <NextStart at={one.next_start_at} />}
        </Text>
      )}
    </div>
  );
}

function NextStart({ at }: { at: string | null }) {
  return (
    <>
      {texts.nextStart} <Moment at={at} style="relative" />
    </>
  );
}

function Probes(one: Replica) {
  const probes = Object.entries(one.probes);
  if (probes.length === 0) return <span className="c32-dim">{texts.noProbe}</span>;
  return probes.map(([name, probe]) => (
    <div key={name}>
      <StatusBadge status={probe.ok ? "ok" : "failed"} label={texts.probe(name, probe.ok)} />
      {!probe.ok && probe.detail && (
        <Text size="xs" className="c32-dim c32-break">
          {probe.detail}
        </Text>
      )}
    </div>
  ));
}

function LastEnd(one: Replica) {
  if (!one.last_exit) return <span className="c32-dim">–</span>;
  return (
    <Text size="sm" className="c32-break" component="div" maw="24rem">
      {one.last_exit.detail ?? one.last_exit.kind}{" "}
      <span className="c32-dim">
        <Moment at={one.last_exit.at} style="relative" />
      </span>
    </Text>
  );
}

function Log(one: Replica) {
  if (!one.run_id) return <span className="c32-dim">–</span>;
  return (
    <Link
      className="c32-link"
      to="/runs/$runId"
      params={{ runId: one.run_id }}
      aria-label={`${texts.columns.log}, ${texts.columns.place} ${one.slot}`}
    >
      {texts.log}
    </Link>
  );
}
