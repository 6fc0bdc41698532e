import { Anchor, Code, Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Server } from "lucide-react";

import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { PageHead } from "../../components/PageHead";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { Waiting } from "../../components/Waiting";
import { services as texts } from "../../texts/services";
import { toneOfStatus, urgentFirst, versionName } from "./order";
import { services, type Service } from "./queries";
import "./services.css";

const COLUMNS: readonly Column<Service>[] = [
  { key: "bot", head: texts.columns.bot, cell: Name },
  { key: "status", head: texts.columns.status, cell: (one) => <StatusBadge status={one.status} tone={toneOfStatus(one.status)} /> },
  { key: "ready", head: texts.columns.ready, cell: (one) => texts.readyOf(one.actual.ready, one.desired.replicas) },
  { key: "version", head: texts.columns.version, cell: (one) => versionName(one.actual.version ?? one.desired.version) },
  { key: "restarts", head: texts.columns.restarts, align: "right", cell: (one) => one.actual.restarts },
  { key: "address", head: texts.columns.address, wide: true, cell: Address },
  { key: "changed", head: texts.columns.changed, wide: true, cell: (one) => <Moment at={one.updated_at} style="relative" /> },
];

export function ServicesPage() {
  const list = useInfiniteQuery(services());
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHead title={texts.title} about={texts.about} />
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting />}
      {list.isSuccess && items.length === 0 && <NoServices />}
      {items.length > 0 && <DataTable label={texts.label} columns={COLUMNS} rows={urgentFirst(items)} rowKey={(one) => one.id} />}
      <More of={list} />
    </>
  );
}

function Name(one: Service) {
  return (
    <span>
      <Link className="c32-link" to="/services/$serviceId" params={{ serviceId: one.id }}>
        {one.bot_name}
      </Link>{" "}
      <span className="c32-dim">{one.environment}</span>
    </span>
  );
}

function Address(one: Service) {
  if (!one.path) return <span className="c32-dim">{texts.noAddress}</span>;
  return (
    <>
      <code className="c32-break">{one.path}</code> {one.public && <span className="c32-dim">{texts.public}</span>}
    </>
  );
}

function NoServices() {
  return (
    <EmptyState
      icon={Server}
      title={texts.empty.title}
      action={
        <Anchor component={Link} to="/guides/services" size="sm">
          {texts.empty.guide}
        </Anchor>
      }
    >
      <Stack gap="xs">
        {texts.empty.text}
        <Code block ta="left" className="c32-sample" tabIndex={0} role="group" aria-label={texts.empty.sampleLabel}>
          {texts.empty.sample}
        </Code>
      </Stack>
    </EmptyState>
  );
}
