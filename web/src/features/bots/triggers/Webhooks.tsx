import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { call } from "../../../api/client";
import { useMay } from "../../../api/rights";
import type { Schemas } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { CopyButton } from "../../../components/CopyButton";
import { DataTable, type Column } from "../../../components/DataTable";
import { ProblemNote } from "../../../components/ProblemNote";
import { Section } from "../../../components/Section";
import { StatusBadge } from "../../../components/StatusBadge";
import { common } from "../../../texts/common";
import { triggers as texts } from "../../../texts/bots";
import { WebhookDialog } from "../../triggers/WebhookDialog";
import type { PanelProps } from "../BotPage";
import * as queries from "../queries";
import { Named } from "./Schedules";

type Webhook = Schemas["WebhookView"];

export function Webhooks({ bot, botRef }: PanelProps) {
  const may = useMay()("webhooks:write") && bot.status === "active" && bot.kind === "job";
  const list = useQuery(queries.webhooks(botRef));
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["bot", botRef] });
  const turn = useMutation({
    mutationFn: (one: Webhook) => call(`/webhooks/${one.id}/${one.paused ? "resume" : "pause"}`, { method: "POST" }),
    onSettled: refresh,
  });
  const columns: Column<Webhook>[] = [
    { key: "name", head: texts.name, cell: (one) => <Named name={one.name} origin={one.origin} /> },
    { key: "url", head: "URL", cell: (one) => <Address url={one.url} /> },
    { key: "auth", head: texts.auth, cell: (one) => one.auth, wide: true },
    { key: "state", head: texts.state, cell: (one) => <StatusBadge status={one.paused ? "paused" : "active"} label={one.paused ? texts.paused : texts.active} /> },
    {
      key: "actions",
      head: common.table.actions,
      align: "right",
      cell: (one) => (
        <Group gap={8} justify="flex-end" wrap="nowrap">
          <Link className="c32-link" to="/triggers/webhooks/$webhookId" params={{ webhookId: one.id }}>
            {texts.open}
          </Link>
          {may && (
            <Button size="xs" variant="default" className="c32-firm" aria-label={`${one.paused ? texts.resume : texts.pause} ${one.name}`} onClick={() => turn.mutate(one)}>
              {one.paused ? texts.resume : texts.pause}
            </Button>
          )}
        </Group>
      ),
    },
  ];
  return (
    <Section
      title={texts.webhooks}
      actions={
        may ? (
          <Button size="xs" variant="default" onClick={() => setAdding(true)}>
            {texts.addWebhook}
          </Button>
        ) : undefined
      }
    >
      {adding && <WebhookDialog bot={bot.name} fixed onClose={() => setAdding(false)} />}
      {turn.error && <ProblemNote error={turn.error} />}
      <Answered query={list} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Text className="c32-dim">{texts.noWebhook}</Text>
          ) : (
            <DataTable label={texts.webhooks} columns={columns} rows={items} rowKey={(one) => one.id} />
          )
        }
      </Answered>
    </Section>
  );
}

function Address({ url }: { url: string }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <code className="c32-cut-cell">{url}</code>
      <CopyButton text={url} />
    </Group>
  );
}
