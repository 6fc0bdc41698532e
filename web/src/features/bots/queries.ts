/** What the pages of bots ask. Everything about one bot has a key that begins with `["bot", ID]`. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call } from "../../api/client";
import * as core from "../../api/queries";
import { asked } from "../../api/queries";
import type { Bot, Page, Run, Schedule, Schemas, Version } from "../../api/types";

/** Filters of the list as they stand in the address. */
export interface BotFilter {
  q?: string;
  status?: string;
  role?: string;
  tag?: string;
  owner?: string;
  environment?: string;
  favourite?: string;
  sort?: string;
}

const PAGE = "50";
const ACTIVITY_REFRESH_MS = 15_000;
const PROOF_REFRESH_MS = 1000;
const LATEST_REFRESH_MS = 3000;

export const list = (filter: BotFilter) =>
  infiniteQueryOptions({
    queryKey: ["bots", filter],
    queryFn: ({ pageParam }) => call<Page<Bot>>(`/bots${asked({ ...filter, cursor: pageParam, limit: PAGE })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });

export const facets = (status: string | undefined) =>
  queryOptions({
    queryKey: ["bots", "facets", status],
    queryFn: () => call<Schemas["BotFacetsView"]>(`/bots/facets${asked({ status })}`),
    staleTime: 30_000,
  });

/** Of one page of the list; pages ask for themselves, so that a longer list asks only for what is new. */
export const activity = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ["bots", "activity", ids],
    queryFn: () => call<Schemas["ActivityView"]>(`/bots/activity${asked({ ids: ids.join(",") })}`),
    enabled: ids.length > 0,
    refetchInterval: ACTIVITY_REFRESH_MS,
  });

export const health = (bot: string) =>
  queryOptions({ queryKey: ["bot", bot, "health"], queryFn: () => call<Schemas["BotHealthView"]>(`/bots/${bot}/health`) });

/** Newest first. It asks again while the newest is being proven. */
export const versions = (bot: string) =>
  infiniteQueryOptions({
    queryKey: ["bot", bot, "versions", "pages"],
    queryFn: ({ pageParam }) => call<Page<Version>>(`/bots/${bot}/versions${asked({ cursor: pageParam, limit: PAGE })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: (query) => (query.state.data?.pages[0]?.items.some((one) => one.proof === "pending") ? PROOF_REFRESH_MS : false),
  });

export const version = (bot: string, which: string) =>
  queryOptions({
    queryKey: ["bot", bot, "versions", which],
    queryFn: () => call<Version>(`/bots/${bot}/versions/${which}`),
    enabled: which !== "",
    refetchInterval: (query) => (query.state.data?.proof === "pending" ? PROOF_REFRESH_MS : false),
  });

export const files = (bot: string, which: string) =>
  queryOptions({
    queryKey: ["bot", bot, "versions", which, "files"],
    queryFn: () => call<Schemas["FilesView"]>(`/bots/${bot}/versions/${which}/files`),
    enabled: which !== "",
    staleTime: Infinity,
  });

/** Which files its runs must be given. Of a version nothing changes. */
export const neededFiles = (bot: string, which: string) =>
  queryOptions({
    queryKey: ["bot", bot, "versions", which, "needed-files"],
    queryFn: () => call<Schemas["NeededFilesView"]>(`/bots/${bot}/versions/${which}/needed-files`),
    enabled: which !== "",
    staleTime: Infinity,
  });

export const diff = (bot: string, before: string | undefined, to: string) =>
  queryOptions({
    queryKey: ["bot", bot, "diff", before, to],
    queryFn: () => call<Schemas["DiffView"]>(`/bots/${bot}/diff${asked({ from: before, to })}`),
    enabled: to !== "" && before !== to,
    staleTime: Infinity,
  });

/** Until a new version is proven its environment points at the one before: the head of the page follows. */
export const followed = (bot: string) => 
  queryOptions({
    ...core.bot(bot),
    refetchInterval: (query) => (query.state.data?.latest_version?.proof === "pending" ? PROOF_REFRESH_MS : false),
  });

export const environments = (bot: string) =>
  queryOptions({ queryKey: ["bot", bot, "environments"], queryFn: () => call<Schemas["EnvironmentsView"]>(`/bots/${bot}/environments`) });

export const schedules = (bot: string) =>
  queryOptions({ queryKey: ["bot", bot, "schedules"], queryFn: () => call<Page<Schedule>>(`/schedules${asked({ bot })}`) });

export const webhooks = (bot: string) =>
  queryOptions({ queryKey: ["bot", bot, "webhooks"], queryFn: () => call<Page<Schemas["WebhookView"]>>(`/webhooks${asked({ bot })}`) });

export interface RunFilter {
  status?: string;
  environment?: string;
  trigger?: string;
}

export const runs = (bot: string, filter: RunFilter = {}, limit = PAGE) =>
  infiniteQueryOptions({
    queryKey: ["bot", bot, "runs", filter, limit],
    queryFn: ({ pageParam }) => call<Page<Run>>(`/runs${asked({ bot, ...filter, cursor: pageParam, limit })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });

/** The newest one. */
export const lastRun = (bot: string) =>
  queryOptions({ queryKey: ["bot", bot, "runs", "last"], queryFn: () => call<Page<Run>>(`/runs${asked({ bot, limit: "1" })}`) });

/** The few that the overview shows. */
export const latest = (bot: string) => ({ ...runs(bot, {}, "5"), refetchInterval: LATEST_REFRESH_MS });

export const resources = (bot: string) =>
  queryOptions({ queryKey: ["bot", bot, "resources"], queryFn: () => call<Schemas["BotUseView"]>(`/bots/${bot}/resources?limit=200`) });

export const usage = (botId: string, since: string) =>
  queryOptions({
    queryKey: ["bot", botId, "usage", since],
    queryFn: () => call<Schemas["UsageView"]>(`/usage${asked({ bot: botId, since, by: "model", limit: "50" })}`),
  });

export const usageSeries = (botId: string, since: string) =>
  queryOptions({
    queryKey: ["bot", botId, "usage-series", since],
    queryFn: () => call<Schemas["SeriesView"]>(`/usage/series${asked({ bot: botId, since, step: "day" })}`),
  });

export const secrets = (may: boolean) =>
  queryOptions({
    queryKey: ["secrets"],
    queryFn: () => call<Page<Schemas["codex32_server__features__secrets__schemas__SecretView"]>>("/secrets"),
    enabled: may,
  });

export const remembered = (bot: string, environment: string) =>
  infiniteQueryOptions({
    queryKey: ["bot", bot, "state", environment],
    queryFn: ({ pageParam }) => call<Schemas["StateView"]>(`/bots/${bot}/state${asked({ environment, cursor: pageParam })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: environment !== "",
  });

export const manifestSchema = () =>
  queryOptions({ queryKey: ["manifest-schema"], queryFn: () => call<Record<string, unknown>>("/manifest-schema"), staleTime: Infinity });

/** What is wrong with files that are being typed; the last answer stands until there is a newer one. */
export const check = (contents: Readonly<Record<string, string>>, enabled: boolean) =>
  queryOptions({
    queryKey: ["bots", "check", contents],
    queryFn: () => call<Schemas["CheckedView"]>("/bots/check", { method: "POST", body: { files: contents } }),
    enabled,
    staleTime: Infinity,
    gcTime: 30_000,
    retry: false,
    placeholderData: (before) => before,
  });
