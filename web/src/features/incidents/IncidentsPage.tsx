import { Button, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useState } from "react";

import { useMay } from "../../api/rights";
import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { PageHead } from "../../components/PageHead";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { Waiting } from "../../components/Waiting";
import { incident as oneTexts, incidents as texts } from "../../texts/incidents";
import { incidents, type Incident } from "./queries";
import { ResolveDialog } from "./ResolveDialog";

/** Open ones first, because they may need somebody; below them what was resolved. */
export function IncidentsPage() {
  return (
    <>
      <PageHead title={texts.title} about={texts.about} />
      <Stack>
        <Open />
        <Resolved />
      </Stack>
    </>
  );
}

const WHAT: Column<Incident> = { key: "what", head: texts.columns.what, cell: What };
const BOT: Column<Incident> = { key: "bot", head: texts.columns.bot, cell: Bot };
const OPENED: Column<Incident> = { key: "opened", head: texts.columns.opened, cell: (one) => <Moment at={one.opened_at} style="relative" /> };
const OPEN_COLUMNS = [WHAT, BOT, OPENED];
const RESOLVED_COLUMNS: Column<Incident>[] = [
  WHAT,
  BOT,
  { ...OPENED, wide: true },
  { key: "resolved", head: texts.columns.resolved, cell: (one) => <Moment at={one.resolved_at} style="relative" /> },
  { key: "note", head: texts.columns.note, wide: true, cell: (one) => <span className="c32-break">{texts.noteOf(one.resolution)}</span> },
];

function Open() {
  const list = useInfiniteQuery(incidents({ open: "true" }));
  const may = useMay()("services:write");
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const [resolving, setResolving] = useState(false);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = items.filter((one) => selected.has(one.id));
  return (
    <Section
      title={texts.open}
      actions={
        chosen.length > 0 && (
          <Button size="xs" onClick={() => setResolving(true)}>
            {texts.select(chosen.length)}
          </Button>
        )
      }
    >
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={3} />}
      {list.isSuccess && items.length === 0 && (
        <EmptyState icon={CircleCheck} title={texts.noneOpen}>
          {texts.noneOpenText}
        </EmptyState>
      )}
      {items.length > 0 && (
        <DataTable
          label={texts.openLabel}
          columns={OPEN_COLUMNS}
          rows={items}
          rowKey={(one) => one.id}
          rowName={(one) => `${oneTexts.kinds[one.kind] ?? one.kind} ${one.bot_name}`}
          {...(may ? { selected, onSelect: setSelected } : {})}
        />
      )}
      <More of={list} />
      {resolving && (
        <ResolveDialog
          ids={chosen.map((one) => one.id)}
          onClose={(done) => {
            setResolving(false);
            if (done) setSelected(new Set());
          }}
        />
      )}
    </Section>
  );
}

function Resolved() {
  const list = useInfiniteQuery(incidents({}));
  const items = (list.data?.pages.flatMap((page) => page.items) ?? []).filter((one) => one.resolved_at);
  return (
    <Section title={texts.closed}>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={3} />}
      {list.isSuccess && items.length === 0 && <Text className="c32-dim">{texts.noneClosed}</Text>}
      {items.length > 0 && <DataTable label={texts.closedLabel} columns={RESOLVED_COLUMNS} rows={items} rowKey={(one) => one.id} />}
      <More of={list} />
    </Section>
  );
}

function What(one: Incident) {
  return (
    <div className="c32-break c32-sentence">
      <Link className="c32-link" to="/incidents/$incidentId" params={{ incidentId: one.id }}>
        {oneTexts.kinds[one.kind] ?? one.kind}
      </Link>
      <Text size="sm" className="c32-dim" lineClamp={2}>
        {one.message}
      </Text>
    </div>
  );
}

function Bot(one: Incident) {
  if (!one.bot_id) return one.bot_name || "–";
  return (
    <Link className="c32-link" to="/bots/$botId" params={{ botId: one.bot_id }}>
      {one.bot_name}
    </Link>
  );
}
