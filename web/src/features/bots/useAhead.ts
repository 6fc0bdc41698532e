/** What the opened tab will ask for and is made of goes out together with the question for the bot, not after its answer. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import * as panels from "../builder/panels/queries";
import { incidents } from "../incidents/queries";
import * as queries from "./queries";

const AHEAD: Record<string, (client: QueryClient, bot: string) => Promise<unknown>[]> = {
  overview: (client, bot) => [
    client.infiniteQuery(queries.latest(bot)),
    client.query(queries.health(bot)),
    client.query(panels.explanation(bot)),
    client.query(panels.suggestions(bot)),
    client.query(panels.similar(bot)),
  ],
  run: (client, bot) => [client.query(queries.lastRun(bot))],
  code: (client, bot) => [client.infiniteQuery(queries.versions(bot))],
  versions: (client, bot) => [client.infiniteQuery(queries.versions(bot)), client.query(queries.environments(bot))],
  triggers: (client, bot) => [client.query(queries.schedules(bot)), client.query(queries.webhooks(bot))],
  resources: (client, bot) => [client.query(queries.resources(bot))],
  incidents: (client, bot) => [client.infiniteQuery(incidents({ bot }))],
};

export function useAhead(bot: string, tab: string, files: Readonly<Record<string, () => Promise<unknown>>>): void {
  const client = useQueryClient();
  useEffect(() => {
    // What cannot be had the tab itself says.
    void Promise.allSettled([...(AHEAD[tab]?.(client, bot) ?? []), files[tab]?.()]);
  }, [client, bot, tab, files]);
}
