/** What the opened tab asks for goes out together with the question for the run, not after its answer. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import * as queries from "./queries";

const AHEAD: Record<string, (client: QueryClient, run: string) => Promise<unknown>[]> = {
  overview: (client, run) => [client.query(queries.approvals(run, false)), client.query(queries.trace(run, false))],
  trace: (client, run) => [client.query(queries.trace(run, false)), client.query(queries.attempts(run, false))],
  network: (client, run) => [client.query(queries.egress(run, false))],
  cost: (client, run) => [client.query(queries.calls(run, false))],
  resources: (client, run) => [client.query(queries.resources(run, false))],
};

export function useAhead(run: string, tab: string): void {
  const client = useQueryClient();
  useEffect(() => {
    // What cannot be had the tab itself says.
    void Promise.allSettled(AHEAD[tab]?.(client, run) ?? []);
  }, [client, run, tab]);
}
