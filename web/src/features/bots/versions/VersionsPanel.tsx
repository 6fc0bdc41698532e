import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { useMay } from "../../../api/rights";
import type { Version } from "../../../api/types";
import { DataTable, type Column } from "../../../components/DataTable";
import { Moment } from "../../../components/Moment";
import { More } from "../../../components/More";
import { Outcome } from "../../../components/Outcome";
import { ProblemNote } from "../../../components/ProblemNote";
import { Section } from "../../../components/Section";
import { StatusBadge } from "../../../components/StatusBadge";
import { useAddress } from "../../../components/useAddress";
import { Waiting } from "../../../components/Waiting";
import { versions as texts } from "../../../texts/bots";
import type { PanelProps } from "../BotPage";
import * as queries from "../queries";
import { Compare } from "./Compare";
import { Environments } from "./Environments";
import { PromoteMenu } from "./PromoteMenu";

/** Every version with its proof, where each runs, and what differs between any two. */
export default function VersionsPanel({ bot, botRef }: PanelProps) {
  const [, change] = useAddress();
  const may = useMay()("bots:write");
  const list = useInfiniteQuery(queries.versions(botRef));
  const [moved, setMoved] = useState("");
  const known = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const columns: Column<Version>[] = [
    {
      key: "number",
      head: texts.number,
      cell: (version) => (
        <Link className="c32-link" to="/bots/$botId" params={{ botId: botRef }} search={{ tab: "code", version: String(version.number) }}>
          {version.number}
        </Link>
      ),
    },
    { key: "message", head: texts.message, cell: (version) => <Text size="sm">{version.message || "–"}</Text> },
    { key: "proof", head: texts.proof, cell: (version) => <Proof version={version} /> },
    {
      key: "where",
      head: texts.where,
      cell: (version) => (
        <Group gap={4}>
          {version.environments.length === 0
            ? "–"
            : version.environments.map((name) => (
                <Badge key={name} size="sm" variant="default" tt="none">
                  {name}
                </Badge>
              ))}
        </Group>
      ),
    },
    { key: "made", head: texts.made, cell: (version) => <Moment at={version.created_at} style="relative" /> },
    { key: "digest", head: texts.digest, cell: (version) => <code title={version.digest}>{version.digest.slice(7, 19)}</code>, wide: true },
    {
      key: "actions",
      head: texts.actions,
      align: "right",
      cell: (version) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {version.number > 1 && (
            <Button size="xs" variant="subtle" onClick={() => change({ from: String(version.number - 1), to: String(version.number) })}>
              {texts.compare}
            </Button>
          )}
          {may && bot.status === "active" && <PromoteMenu bot={bot} botRef={botRef} version={version} onMoved={setMoved} />}
        </Group>
      ),
    },
  ];
  if (list.error) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Waiting />;
  return (
    <Stack>
      <Outcome text={moved} />
      <Environments botRef={botRef} known={known} onMoved={setMoved} />
      <Section title={texts.title}>
        <DataTable label={texts.title} columns={columns} rows={known} rowKey={(version) => version.id} />
        <More of={list} />
      </Section>
      <Compare botRef={botRef} known={known} />
    </Stack>
  );
}

function Proof({ version }: { version: Version }) {
  const report = version.proof_report;
  return (
    <div>
      <StatusBadge status={version.proof} />
      <Text size="xs" className="c32-dim" lineClamp={2} maw="22rem">
        {version.proof === "pending" ? version.proof_stage : report && report.tests > 0 && !report.failed ? `${report.passed}/${report.tests}` : report?.reason}
      </Text>
    </div>
  );
}
