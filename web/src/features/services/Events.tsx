import { Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { Timeline, type Happening } from "../../components/Timeline";
import { Waiting } from "../../components/Waiting";
import { service as texts } from "../../texts/services";
import { toneOf } from "./happenings";
import { events, type ServiceEvent } from "./queries";

export function Events({ id }: { id: string }) {
  const list = useInfiniteQuery(events(id));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={3} />}
      {list.isSuccess && items.length === 0 && <Text className="c32-dim">{texts.noEvents}</Text>}
      <Timeline label={texts.events} items={items.map(happening)} />
      <More of={list} />
    </>
  );
}

function happening(event: ServiceEvent): Happening {
  const run = event.data.run_id;
  return {
    key: event.id,
    at: event.at,
    tone: toneOf(event.kind),
    kind: event.kind.replaceAll("_", " "),
    text: event.message,
    links: typeof run === "string" && (
      <Link className="c32-link" to="/runs/$runId" params={{ runId: run }}>
        {texts.log}
      </Link>
    ),
  };
}
