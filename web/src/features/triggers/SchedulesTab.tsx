import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarClock } from "lucide-react";

import { useMay } from "../../api/rights";
import type { Schedule } from "../../api/types";
import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { useChange } from "../../components/useChange";
import { Waiting } from "../../components/Waiting";
import type { Search } from "../../router";
import { calendar as calendarTexts, schedule as texts, triggers as common } from "../../texts/triggers";
import { setPaused, STALE_SCHEDULES } from "./changes";
import { schedules } from "./queries";
import { inWords } from "./words";

const COLUMNS: readonly Column<Schedule>[] = [
  { key: "bot", head: texts.columns.bot, cell: Bot },
  { key: "name", head: texts.columns.name, cell: Name },
  { key: "when", head: texts.columns.when, cell: (one) => <span title={one.cron}>{inWords(one.cron)}</span> },
  { key: "zone", head: texts.columns.zone, wide: true, cell: (one) => one.timezone },
  { key: "next", head: texts.columns.next, cell: Next },
  { key: "last", head: texts.columns.last, wide: true, cell: Last },
  { key: "origin", head: texts.columns.origin, wide: true, cell: (one) => common.origin[one.origin] ?? one.origin },
  { key: "pause", head: "", align: "right", cell: (one) => <Pause one={one} /> },
];

export function SchedulesTab() {
  const list = useInfiniteQuery(schedules());
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting />}
      {list.isSuccess && items.length === 0 && (
        <EmptyState icon={CalendarClock} title={calendarTexts.empty.title}>
          {calendarTexts.empty.text}
        </EmptyState>
      )}
      {items.length > 0 && <DataTable label={texts.label} columns={COLUMNS} rows={items} rowKey={(one) => one.id} />}
      <More of={list} />
    </>
  );
}

function Name(one: Schedule) {
  return (
    <Link className="c32-link" to="." search={(present: Search) => ({ ...present, schedule: one.id })} resetScroll={false}>
      {one.name}
    </Link>
  );
}

function Bot(one: Schedule) {
  return (
    <Link className="c32-link" to="/bots/$botId" params={{ botId: one.bot_id }}>
      {one.bot_name}
    </Link>
  );
}

function Next(one: Schedule) {
  return one.paused ? <StatusBadge status="paused" label={common.paused} /> : <Moment at={one.next_fire_at} style="relative" />;
}

function Last(one: Schedule) {
  if (one.last_error) return <StatusBadge status="refused" />;
  return <Moment at={one.last_fire_at} style="relative" />;
}

/** Pauses and resumes at once: both can be taken back. */
export function Pause({ one, size = "compact-sm" }: { one: Schedule; size?: string }) {
  const may = useMay()("schedules:write");
  const change = useChange((paused: boolean) => setPaused(one.id, paused), STALE_SCHEDULES);
  const label = one.paused ? texts.resume : texts.pause;
  return (
    <>
      <Button
        variant="default"
        size={size}
        disabled={!may}
        loading={change.isPending}
        aria-label={`${label} ${one.name} ${texts.of(one.bot_name)}`}
        onClick={() => change.mutate(!one.paused)}
      >
        {label}
      </Button>
      {change.error && <ProblemNote error={change.error} />}
    </>
  );
}
