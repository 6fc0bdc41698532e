import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Page, Schemas } from "../../api/types";

export type Usage = Schemas["UsageView"];
export type UsageGroup = Schemas["Group"];
export type Call = Schemas["CallView"];
export type Budget = Schemas["BudgetView"];
/** Dimensions that a report is narrowed to, by their API names. */
export type Narrowed = Record<string, string | undefined>;

const KEPT_MS = 30_000;

export const usage = (by: string, since: string, narrowed: Narrowed) =>
  queryOptions({
    queryKey: ["usage", "groups", by, since, narrowed],
    queryFn: () => call<Usage>(`/usage${asked({ by, since, limit: "50", ...narrowed })}`),
    staleTime: KEPT_MS,
  });

export const series = (step: string, since: string, narrowed: Narrowed) =>
  queryOptions({
    queryKey: ["usage", "series", step, since, narrowed],
    queryFn: () => call<Schemas["SeriesView"]>(`/usage/series${asked({ step, since, ...narrowed })}`),
    staleTime: KEPT_MS,
  });

export const forecast = (narrowed: Narrowed) =>
  queryOptions({
    queryKey: ["usage", "forecast", narrowed],
    queryFn: () => call<Schemas["ForecastView"]>(`/usage/forecast${asked(narrowed)}`),
    staleTime: KEPT_MS,
  });

export const calls = (since: string, narrowed: Narrowed) =>
  infiniteQueryOptions({
    queryKey: ["usage", "calls", since, narrowed],
    queryFn: ({ pageParam }) => call<Page<Call>>(`/usage/calls${asked({ since, limit: "50", cursor: pageParam, ...narrowed })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Newest first, a page after the other. */
export const budgets = () =>
  infiniteQueryOptions({
    queryKey: ["budgets", "pages"],
    queryFn: ({ pageParam }) => call<Page<Budget>>(`/budgets${asked({ limit: "100", cursor: pageParam })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: KEPT_MS,
  });

/** Of one bot there is at most one a period. */
export const budgetsOf = (bot: string) =>
  queryOptions({
    queryKey: ["budgets", "bot", bot],
    queryFn: () => call<Page<Budget>>(`/budgets${asked({ scope: "bot", subject: bot })}`),
    refetchInterval: KEPT_MS,
  });

/** Where the browser fetches the ledger as a file. */
export const exportAddress = (since: string, narrowed: Narrowed) => `/api/v1/usage/export${asked({ since, ...narrowed })}`;
