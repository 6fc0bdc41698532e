import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Page, Schemas } from "../../api/types";

export type Incident = Schemas["IncidentView"];
export type Detail = Schemas["IncidentDetail"];

const REFRESH_MS = 5000;

/** `open: "true"` leaves out what is resolved. */
export const incidents = (filter: { open?: string; bot?: string }) =>
  infiniteQueryOptions({
    queryKey: ["incidents", filter],
    queryFn: ({ pageParam }) => call<Page<Incident>>(`/incidents${asked({ ...filter, cursor: pageParam, limit: "50" })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: REFRESH_MS,
  });

export const incident = (id: string) =>
  queryOptions({ queryKey: ["incident", id], queryFn: () => call<Detail>(`/incidents/${id}`), refetchInterval: REFRESH_MS });

/** Close one; the note is for whoever meets the same next. */
export async function resolve(client: QueryClient, id: string, resolution: string): Promise<void> {
  await call<Incident>(`/incidents/${id}/resolve`, { method: "POST", body: { resolution } });
  await Promise.all([
    client.invalidateQueries({ queryKey: ["incidents"] }),
    client.invalidateQueries({ queryKey: ["incident", id] }),
    client.invalidateQueries({ queryKey: ["overview"] }),
  ]);
}
