import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Webhook as WebhookIcon } from "lucide-react";

import { CopyButton } from "../../components/CopyButton";
import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { Waiting } from "../../components/Waiting";
import { triggers } from "../../texts/triggers";
import { webhooks as texts } from "../../texts/webhooks";
import { webhooks, type Webhook } from "./queries";

const COLUMNS: readonly Column<Webhook>[] = [
  { key: "name", head: texts.columns.name, cell: Name },
  { key: "bot", head: texts.columns.bot, cell: Bot },
  { key: "state", head: texts.columns.state, cell: State },
  { key: "auth", head: texts.columns.auth, cell: (one) => texts.auth[one.auth] ?? one.auth },
  { key: "answer", head: texts.columns.answer, wide: true, cell: (one) => texts.answer[one.answer] ?? one.answer },
  { key: "url", head: texts.columns.url, align: "right", cell: (one) => <CopyButton size="compact-sm" text={one.url} aria-label={texts.copyOf(one.name)} /> },
];

export function WebhooksTab() {
  const list = useInfiniteQuery(webhooks());
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting />}
      {list.isSuccess && items.length === 0 && (
        <EmptyState icon={WebhookIcon} title={texts.empty.title}>
          {texts.empty.text}
        </EmptyState>
      )}
      {items.length > 0 && <DataTable label={texts.label} columns={COLUMNS} rows={items} rowKey={(one) => one.id} />}
      <More of={list} />
    </>
  );
}

function Name(one: Webhook) {
  return (
    <Link className="c32-link" to="/triggers/webhooks/$webhookId" params={{ webhookId: one.id }}>
      {one.name}
    </Link>
  );
}

function Bot(one: Webhook) {
  return (
    <Link className="c32-link" to="/bots/$botId" params={{ botId: one.bot_id }}>
      {one.bot_name}
    </Link>
  );
}

function State(one: Webhook) {
  return <StatusBadge status={one.paused ? "paused" : "active"} label={one.paused ? triggers.paused : triggers.active} />;
}
