import { Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { Timeline, type Happening } from "../../components/Timeline";
import { Waiting } from "../../components/Waiting";
import { incident as texts } from "../../texts/incidents";
import { service as serviceTexts } from "../../texts/services";
import { incidents, type Incident } from "./queries";

/** Incidents of one bot, newest first; with `serviceId` only those of one of its services. */
export function BotIncidents({ botId, serviceId }: { botId: string; serviceId?: string }) {
  const list = useInfiniteQuery(incidents({ bot: botId }));
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = items.filter((one) => one.bot_id === botId && (serviceId === undefined || one.service_id === serviceId));
  return (
    <>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={2} />}
      {list.isSuccess && shown.length === 0 && <Text className="c32-dim">{serviceTexts.noIncidents}</Text>}
      <Timeline label={serviceTexts.incidents} items={shown.map(happening)} />
      <More of={list} />
    </>
  );
}

function happening(one: Incident): Happening {
  return {
    key: one.id,
    at: one.opened_at,
    tone: one.resolved_at ? "good" : "bad",
    text: (
      <>
        <Link className="c32-link" to="/incidents/$incidentId" params={{ incidentId: one.id }}>
          {texts.kinds[one.kind] ?? one.kind}
        </Link>
        {": "}
        {one.message}
      </>
    ),
  };
}
