import { Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import { ConfirmButton } from "../../components/ConfirmButton";
import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { OpenForm } from "../../components/OpenForm";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import { useChange } from "../../components/useChange";
import { Waiting } from "../../components/Waiting";
import { common } from "../../texts/common";
import { settings } from "../../texts/settings";
import { KeyForm } from "./KeyForm";
import { keys, type Key } from "./queries";

const texts = settings.keys;

export function KeysSection() {
  const list = useInfiniteQuery(keys());
  const may = useMay()("keys:write");
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const add = may && <OpenForm label={texts.add}>{(close) => <KeyForm onDone={close} />}</OpenForm>;
  const columns: Column<Key>[] = [
    { key: "name", head: texts.name, cell: (key) => <KeyName of={key} /> },
    { key: "role", head: texts.role, cell: (key) => key.role },
    { key: "state", head: texts.state, cell: (key) => <KeyState of={key} /> },
    { key: "used", head: texts.used, cell: (key) => (key.last_used_at ? <Moment at={key.last_used_at} style="relative" /> : common.never) },
    { key: "ends", head: texts.expires, wide: true, cell: (key) => <Moment at={key.expires_at} style="day" /> },
    { key: "revoke", head: "", align: "right", cell: (key) => may && !key.revoked_at && <RevokeButton of={key} /> },
  ];
  return (
    <Section title={settings.sections.keys} actions={rows.length > 0 && add}>
      <Text size="sm" className="c32-dim" mb="sm">
        {texts.about}
      </Text>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={3} />}
      {list.isSuccess && rows.length === 0 && (
        <EmptyState icon={KeyRound} title={texts.empty} action={add}>
          {texts.emptyText}
        </EmptyState>
      )}
      {rows.length > 0 && <DataTable label={settings.sections.keys} columns={columns} rows={rows} rowKey={(key) => key.id} />}
      <More of={list} />
    </Section>
  );
}

function KeyName({ of: key }: { of: Key }) {
  return (
    <>
      {key.name} <code className="c32-dim">{key.hint}…</code>
    </>
  );
}

function KeyState({ of: key }: { of: Key }) {
  if (key.revoked_at) return <StatusBadge status="revoked" label={texts.revoked} />;
  if (key.expires_at && new Date(key.expires_at) < new Date()) return <StatusBadge status="expired" label={texts.expired} />;
  return <StatusBadge status="active" label={texts.active} />;
}

function RevokeButton({ of: key }: { of: Key }) {
  const revoke = useChange(() => call(`/keys/${key.id}`, { method: "DELETE" }), [["keys"]]);
  return (
    <ConfirmButton size="compact-xs" label={texts.revoke} action={texts.revoke} title={texts.revokeTitle} onConfirm={() => revoke.mutateAsync(undefined)}>
      <b>{key.name}</b>. {texts.revokeText}
    </ConfirmButton>
  );
}
