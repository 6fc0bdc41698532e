import { queryOptions } from "@tanstack/react-query";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Page, Run, Schemas } from "../../api/types";

export type Overview = Schemas["OverviewView"];
export type Attention = Schemas["AttentionView"];
export type Subject = Schemas["Subject"];
export type Series = Schemas["RunSeriesView"];

const REFRESH_MS = 10_000;
const SERIES_REFRESH_MS = 60_000;
const FRESH_MS = 2000;
const FAILURES = "6";

export const overview = () => queryOptions({ queryKey: ["overview"], queryFn: () => call<Overview>("/overview"), refetchInterval: REFRESH_MS });

/** `since` is an ISO moment; without it the server's usual period of the step. */
export const series = (step: "hour" | "day", since?: string) =>
  queryOptions({
    queryKey: ["runs", "series", step, since],
    queryFn: () => call<Series>(`/runs/series${asked({ step, since })}`),
    refetchInterval: SERIES_REFRESH_MS,
    staleTime: REFRESH_MS,
  });

export const failures = () =>
  queryOptions({
    queryKey: ["runs", "failures"],
    queryFn: () => call<Page<Run>>(`/runs${asked({ status: "failed", limit: FAILURES })}`),
    refetchInterval: REFRESH_MS,
  });

/** What is done stays done: it is not asked again. */
const untilDone = {
  refetchInterval: (query: { state: { data?: boolean } }) => (query.state.data ? (false as const) : REFRESH_MS),
  staleTime: (query: { state: { data?: boolean } }) => (query.state.data ? Infinity : FRESH_MS),
};

/** Whether there is one of something at all. */
const any = (key: string, path: string) =>
  queryOptions({
    queryKey: ["first-steps", key],
    queryFn: async () => (await call<Page<unknown>>(path)).items.length > 0,
    ...untilDone,
  });

export const anyBot = () => any("bot", "/bots?limit=1");
export const anyRun = () => any("run", "/runs?limit=1");
export const anySchedule = () => any("schedule", "/schedules?limit=1");
export const anyWebhook = () => any("webhook", "/webhooks?limit=1");

/** Whether a model can be asked: one that only makes embeddings comes with the installation. */
export const anyModel = () =>
  queryOptions({
    queryKey: ["first-steps", "model"],
    queryFn: async () => (await call<Page<Schemas["ModelView"]>>("/models")).items.some((model) => model.abilities.some((one) => one !== "embeddings")),
    ...untilDone,
  });
