import { Button, Card, Group, Loader, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import * as queries from "../../api/queries";
import type { Bot } from "../../api/types";
import { Moment } from "../../components/Moment";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { bots as botsTexts } from "../../texts/bots";
import { common } from "../../texts/common";

export function BotsPage() {
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed, 200);
  const list = useInfiniteQuery(queries.bots(q));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {botsTexts.title}
        </Title>
        <TextInput
          type="search"
          aria-label={botsTexts.search}
          placeholder={botsTexts.search}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </Group>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loader aria-label={common.loading} />}
      {list.isSuccess && items.length === 0 && <Text>{q ? botsTexts.none : botsTexts.empty}</Text>}
      {items.map((bot) => (
        <BotCard bot={bot} key={bot.id} />
      ))}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {common.more}
        </Button>
      )}
    </Stack>
  );
}

function BotCard({ bot }: { bot: Bot }) {
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Link className="c32-link" to="/bots/$botId" params={{ botId: bot.id }}>
            {bot.name}
          </Link>
          <Text size="sm" className="c32-dim" lineClamp={2}>
            {bot.description}
          </Text>
        </div>
        <Stack gap={4} align="flex-end">
          {bot.latest_version && <StatusBadge status={bot.latest_version.proof} />}
          <Text size="xs" className="c32-dim c32-wide">
            <Moment at={bot.updated_at} />
          </Text>
        </Stack>
      </Group>
    </Card>
  );
}
