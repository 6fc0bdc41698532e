/** What the opened tab will ask for and is made of goes out together with the question for the bot, not after its answer. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import * as panels from "../builder/panels/queries";
import { incidents } from "../incidents/queries";
import * as queries from "./queries";

const AHEAD: Record<string, (client: QueryClient, bot: string) => unknown> = {
  overview: (client, bot) => [
    client.prefetchInfiniteQuery(queries.latest(bot)),
    client.prefetchQuery(queries.health(bot)),
    client.prefetchQuery(panels.explanation(bot)),
    client.prefetchQuery(panels.suggestions(bot)),
    client.prefetchQuery(panels.similar(bot)),
  ],
  code: (client, bot) => client.prefetchInfiniteQuery(queries.versions(bot)),
  versions: (client, bot) => [client.prefetchInfiniteQuery(queries.versions(bot)), client.prefetchQuery(queries.environments(bot))],
  triggers: (client, bot) => [client.prefetchQuery(queries.schedules(bot)), client.prefetchQuery(queries.webhooks(bot))],
  resources: (client, bot) => client.prefetchQuery(queries.resources(bot)),
  incidents: (client, bot) => client.prefetchInfiniteQuery(incidents({ bot })),
};

export function useAhead(bot: string, tab: string, files: Readonly<Record<string, () => Promise<unknown>>>): void {
  const client = useQueryClient();
  useEffect(() => {
    AHEAD[tab]?.(client, bot);
    // Where it cannot be had, the tab itself says so.
    void files[tab]?.().catch(() => undefined);
  }, [client, bot, tab, files]);
}
