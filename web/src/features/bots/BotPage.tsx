import { Card, Group, Loader, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import * as queries from "../../api/queries";
import { Moment } from "../../components/Moment";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { bot as botTexts } from "../../texts/bots";
import { common } from "../../texts/common";
import { RunTable } from "../runs/RunTable";
import { RunForm } from "./RunForm";

export function BotPage() {
  const { botId } = useParams({ from: "/shell/bots/$botId" });
  const bot = useQuery(queries.bot(botId));
  const runs = useInfiniteQuery(queries.runs({ bot: botId }));

  if (bot.error) return <ProblemNote error={bot.error} onRetry={() => void bot.refetch()} />;
  if (!bot.data) return <Loader aria-label={common.loading} />;
  const proof = bot.data.latest_version?.proof;
  return (
    <Stack>
      <Group>
        <Title order={1} size="h2">
          {bot.data.name}
        </Title>
        {proof && <Text className="c32-dim">{botTexts.proof[proof] ?? proof}</Text>}
      </Group>
      <Text>{bot.data.description}</Text>
      <Card withBorder>
        <RunForm botId={botId} />
      </Card>
      <Schedules botId={botId} />
      <Title order={2} size="h3">
        {botTexts.runs}
      </Title>
      <RunTable runs={runs.data?.pages.flatMap((page) => page.items) ?? []} withBot={false} />
      <Versions botId={botId} />
    </Stack>
  );
}

function Schedules({ botId }: { botId: string }) {
  const list = useQuery(queries.schedules(botId));
  if (list.error) return <ProblemNote error={list.error} />;
  return (
    <section>
      <Title order={2} size="h3">
        {botTexts.schedules}
      </Title>
      {list.data?.items.length === 0 && <Text className="c32-dim">{botTexts.noSchedules}</Text>}
      {list.data?.items.map((schedule) => (
        <Text key={schedule.id}>
          <code>{schedule.cron}</code> {schedule.timezone} {"· "}
          {schedule.paused ? "paused" : <Moment at={schedule.next_fire_at} />}
        </Text>
      ))}
    </section>
  );
}

function Versions({ botId }: { botId: string }) {
  const list = useQuery(queries.versions(botId));
  if (list.error) return <ProblemNote error={list.error} />;
  return (
    <section>
      <Title order={2} size="h3">
        {botTexts.versions}
      </Title>
      <Table>
        <Table.Tbody>
          {list.data?.items.map((version) => (
            <Table.Tr key={version.id}>
              <Table.Td>#{version.number}</Table.Td>
              <Table.Td className="c32-wide">
                <code>{version.digest.slice(0, 19)}</code>
              </Table.Td>
              <Table.Td>
                <StatusBadge status={version.proof} />
              </Table.Td>
              <Table.Td>{version.environments.join(", ")}</Table.Td>
              <Table.Td className="c32-wide">
                <Moment at={version.created_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
