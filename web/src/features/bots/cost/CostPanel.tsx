import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Coins } from "lucide-react";
import { useMemo } from "react";

import type { Schemas } from "../../../api/types";
import { TimeChart } from "../../../components/charts/TimeChart";
import { Answered } from "../../../components/Answered";
import { DataTable, type Column } from "../../../components/DataTable";
import { EmptyState } from "../../../components/EmptyState";
import { Section } from "../../../components/Section";
import { Stat } from "../../../components/Stat";
import { money } from "../../../format/money";
import { compact, whole } from "../../../format/size";
import { cost as texts } from "../../../texts/bots";
import type { PanelProps } from "../BotPage";
import * as queries from "../queries";
import { Budgets } from "./Budgets";
import { daysBefore } from "./days";

type Group = Schemas["Group"];

const DAYS = 30;

/** What this bot spent on models, and what it may spend. */
export default function CostPanel({ bot, botRef }: PanelProps) {
  const since = daysBefore(new Date(), DAYS);
  const usage = useQuery(queries.usage(bot.id, since));
  const series = useQuery(queries.usageSeries(bot.id, since));
  return (
    <Stack>
      <Answered query={usage} rows={2}>
        {(found) =>
          found.total.attempts === 0 ? (
            <EmptyState
              icon={Coins}
              title={texts.none}
              action={
                <Link className="c32-link" to="/guides/$guide" params={{ guide: "bots" }}>
                  {texts.guide}
                </Link>
              }
            >
              {texts.noneHint}
            </EmptyState>
          ) : (
            <>
              <Text size="sm" className="c32-dim">
                {texts.period}
              </Text>
              <Sums total={found.total} />
              <Answered query={series} rows={1} height={200}>
                {({ points }) => <Days points={points} />}
              </Answered>
              <Section title={texts.byModel}>
                <DataTable label={texts.byModel} columns={COLUMNS} rows={found.groups} rowKey={modelOf} />
              </Section>
            </>
          )
        }
      </Answered>
      <Budgets bot={bot} botRef={botRef} />
    </Stack>
  );
}

function Sums({ total }: { total: Schemas["Sums"] }) {
  return (
    <div className="c32-tiles">
      <Stat label={texts.total} value={money(total.cost)} />
      <Stat label={texts.calls} value={whole(total.attempts)} />
      <Stat label={texts.tokens} value={compact(total.input + total.output)} />
      <Stat label={texts.saved} value={money(total.saved)} />
    </div>
  );
}

function Days({ points }: { points: readonly Schemas["Point"][] }) {
  const at = useMemo(() => points.map((point) => Date.parse(point.at) / 1000), [points]);
  const lines = useMemo(() => [{ label: texts.total, tone: "main" as const, values: points.map((point) => Number(point.cost)) }], [points]);
  return (
    <Section title={texts.byDay}>
      <TimeChart label={texts.byDay} at={at} lines={lines} kind="bars" height={150} format={money} />
    </Section>
  );
}

const modelOf = (group: Group) => group.keys.model ?? "–";

const COLUMNS: Column<Group>[] = [
  { key: "model", head: texts.model, cell: (group) => <code className="c32-break">{modelOf(group)}</code> },
  { key: "cost", head: texts.total, align: "right", cell: (group) => money(group.cost) },
  { key: "calls", head: texts.calls, align: "right", cell: (group) => whole(group.attempts) },
  { key: "read", head: texts.read, align: "right", cell: (group) => compact(group.input), wide: true },
  { key: "written", head: texts.written, align: "right", cell: (group) => compact(group.output), wide: true },
  { key: "saved", head: texts.saved, align: "right", cell: (group) => money(group.saved), wide: true },
];
