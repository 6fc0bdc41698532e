/** Query options, one a question that pages ask. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call } from "./client";
import { hasEnded, type Bot, type Found, type Guide, type Me, type Page, type Run, type Version } from "./types";

/** `?a=b` of what is given; empty and missing values are left out. */
export function asked(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length ? `?${new URLSearchParams(given).toString()}` : "";
}

export const me = () => queryOptions({ queryKey: ["me"], queryFn: () => call<Me>("/me"), retry: false });

export const search = (q: string) =>
  queryOptions({ queryKey: ["search", q], queryFn: () => call<Found>(`/search${asked({ q, top: "12" })}`), staleTime: 30_000 });

export const guide = (name: string) =>
  queryOptions({ queryKey: ["guide", name], queryFn: () => call<Guide>(`/guides/${name}`), staleTime: Infinity });

export const bots = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["bots", q],
    queryFn: ({ pageParam }) => call<Page<Bot>>(`/bots${asked({ q, cursor: pageParam, limit: "50" })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const bot = (id: string) => queryOptions({ queryKey: ["bot", id], queryFn: () => call<Bot>(`/bots/${id}`) });

export const versions = (botId: string) =>
  queryOptions({ queryKey: ["bot", botId, "versions"], queryFn: () => call<Page<Version>>(`/bots/${botId}/versions`) });

export const run = (id: string) =>
  queryOptions({
    queryKey: ["run", id],
    queryFn: () => call<Run>(`/runs/${id}`),
    refetchInterval: (query) => (query.state.data && hasEnded(query.state.data.status) ? false : 1000),
  });
