/** Query options, one a question that pages ask; lists refresh themselves while they are looked at. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call } from "./client";
import { hasEnded, type Bot, type Me, type Page, type Run, type Schedule, type Version } from "./types";

const LIST_REFRESH_MS = 3000;

function search(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length ? `?${new URLSearchParams(given).toString()}` : "";
}

export const me = () => queryOptions({ queryKey: ["me"], queryFn: () => call<Me>("/me"), retry: false });

export const bots = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["bots", q],
    queryFn: ({ pageParam }) => call<Page<Bot>>(`/bots${search({ q, cursor: pageParam, limit: "50" })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const bot = (id: string) => queryOptions({ queryKey: ["bot", id], queryFn: () => call<Bot>(`/bots/${id}`) });

export const versions = (botId: string) =>
  queryOptions({ queryKey: ["bot", botId, "versions"], queryFn: () => call<Page<Version>>(`/bots/${botId}/versions`) });

export const schedules = (botId: string) =>
  queryOptions({ queryKey: ["bot", botId, "schedules"], queryFn: () => call<Page<Schedule>>(`/schedules${search({ bot: botId })}`) });

export const runs = (filter: { bot?: string; status?: string }) =>
  infiniteQueryOptions({
    queryKey: ["runs", filter],
    queryFn: ({ pageParam }) => call<Page<Run>>(`/runs${search({ ...filter, cursor: pageParam, limit: "50" })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: LIST_REFRESH_MS,
  });

export const run = (id: string) =>
  queryOptions({
    queryKey: ["run", id],
    queryFn: () => call<Run>(`/runs/${id}`),
    refetchInterval: (query) => (query.state.data && hasEnded(query.state.data.status) ? false : 1000),
  });
