import { Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { Waiting } from "../../components/Waiting";
import { builder } from "../../texts/builder";
import type { Summary } from "./documents";
import * as queries from "./queries";
import { SessionStatus } from "./SessionStatus";

const { recent: texts } = builder;

export function RecentSessions() {
  const list = useInfiniteQuery(queries.sessions());
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={texts.title}>
      {list.isPending && <Waiting rows={3} />}
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <Text size="sm" className="c32-dim">
          {texts.empty}
        </Text>
      )}
      <ul className="c32-rows">
        {items.map((one) => (
          <Recent summary={one} key={one.id} />
        ))}
      </ul>
      <More of={list} />
    </Section>
  );
}

function Recent({ summary }: { summary: Summary }) {
  const of = summary.changes ? texts.changes(summary.changes.name) : (summary.bot?.name ?? texts.newBot);
  return (
    <li>
      <div className="c32-between">
        <Link to="/build/$sessionId" params={{ sessionId: summary.id }} className="c32-link c32-one-line">
          {summary.title}
        </Link>
        <SessionStatus session={summary} />
      </div>
      <Text size="xs" className="c32-dim">
        {of} · <Moment at={summary.updated_at} style="relative" />
      </Text>
    </li>
  );
}
