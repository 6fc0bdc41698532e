import { Button, SegmentedControl, Stack } from "@mantine/core";
import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Coins } from "lucide-react";
import { useMemo } from "react";

import { Answered } from "../../components/Answered";
import { TimeChart } from "../../components/charts/TimeChart";
import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Section } from "../../components/Section";
import { Stat } from "../../components/Stat";
import { useAddress } from "../../components/useAddress";
import { duration } from "../../format/duration";
import { money } from "../../format/money";
import { compact, percent, whole } from "../../format/size";
import { usage as texts } from "../../texts/usage";
import { filled, type Window } from "./periods";
import { forecast, series, usage, type Narrowed, type Usage, type UsageGroup } from "./queries";

const GROUPED = ["bot", "model", "provider", "person", "environment", "key", "builder_session"] as const;

/** Totals, cost over time, and where it went. All questions are asked at once. */
export function OverviewPanel({ window, narrowed }: { window: Window; narrowed: Narrowed }) {
  const [address, change] = useAddress();
  const by = GROUPED.find((one) => one === address.by) ?? "bot";
  const groups = useQuery(usage(by, window.since, narrowed));
  usePrefetchQuery(forecast(narrowed));
  usePrefetchQuery(series(window.step, window.since, narrowed));
  return (
    <Answered query={groups} height={90} rows={3}>
      {(data) =>
        data.total.attempts === 0 && data.total.hits === 0 ? (
          <EmptyState
            icon={Coins}
            title={texts.empty}
            action={
              <Button component={Link} to="/settings/models" variant="light">
                {texts.emptyAction}
              </Button>
            }
          >
            {texts.emptyText}
          </EmptyState>
        ) : (
          <Stack>
            <Totals data={data} narrowed={narrowed} />
            <Section title={texts.overTime}>
              <CostChart window={window} narrowed={narrowed} />
            </Section>
            <Section
              title={`${texts.by} ${(texts.dimensions[by] ?? by).toLowerCase()}`}
              actions={
                <SegmentedControl
                  size="xs"
                  aria-label={texts.by}
                  className="c32-tabs"
                  data={GROUPED.map((value) => ({ value, label: texts.dimensions[value] ?? value }))}
                  value={by}
                  onChange={(value) => change({ by: value === "bot" ? "" : value })}
                />
              }
            >
              <Groups data={data} by={by} />
            </Section>
          </Stack>
        )
      }
    </Answered>
  );
}

function Totals({ data, narrowed }: { data: Usage; narrowed: Narrowed }) {
  const expected = useQuery(forecast(narrowed));
  const { total } = data;
  return (
    <div className="c32-tiles">
      <Stat label={texts.spent} value={money(total.cost)} hint={`${whole(total.attempts)} ${texts.calls.toLowerCase()}`} />
      <Stat
        label={texts.forecast}
        value={expected.data ? money(expected.data.expected) : "–"}
        hint={expected.data && texts.forecastHow[expected.data.method]}
      />
      <Stat label={texts.saved} value={money(total.saved)} hint={texts.hits(whole(total.hits))} />
      <Stat label={texts.tokens} value={`${compact(total.input)} / ${compact(total.output)}`} hint={duration(total.latency_ms)} />
    </div>
  );
}

function CostChart({ window, narrowed }: { window: Window; narrowed: Narrowed }) {
  const points = useQuery(series(window.step, window.since, narrowed));
  const drawn = useMemo(() => {
    const { at, values } = filled(points.data?.points ?? [], window, new Date(), (point) => Number(point.cost));
    return { at, lines: [{ label: texts.cost, tone: "main" as const, values }] };
  }, [points.data, window]);
  return (
    <Answered query={points} rows={1} height={208}>
      {() => <TimeChart label={texts.overTime} at={drawn.at} lines={drawn.lines} kind="bars" format={money} />}
    </Answered>
  );
}

function Groups({ data, by }: { data: Usage; by: string }) {
  const all = Number(data.total.cost);
  const columns: Column<UsageGroup>[] = [
    { key: "name", head: texts.dimensions[by] ?? by, cell: (group) => <GroupName group={group} by={by} /> },
    { key: "cost", head: texts.cost, align: "right", cell: (group) => money(group.cost) },
    { key: "share", head: texts.share, align: "right", cell: (group) => (all > 0 ? percent(Number(group.cost) / all) : "–") },
    { key: "calls", head: texts.calls, align: "right", cell: (group) => whole(group.attempts) },
    { key: "tokens", head: texts.tokens, align: "right", wide: true, cell: (group) => `${compact(group.input)} / ${compact(group.output)}` },
    { key: "saved", head: texts.saved, align: "right", wide: true, cell: (group) => money(group.saved) },
    { key: "latency", head: texts.latency, align: "right", wide: true, cell: (group) => duration(group.latency_ms) },
  ];
  return <DataTable label={texts.by} columns={columns} rows={data.groups} rowKey={(group) => group.keys[by] ?? ""} />;
}

/** Narrows the page to this one; the same address can be sent to somebody. */
function GroupName({ group, by }: { group: UsageGroup; by: string }) {
  const value = group.keys[by];
  const name = group.keys[`${by}_name`] ?? value;
  if (!value) return <span className="c32-dim">{texts.nobody}</span>;
  return (
    <Link to="/usage" search={(present) => ({ ...present, [by]: value, [`${by}_name`]: name ?? value })} className="c32-link c32-break">
      {name}
    </Link>
  );
}
