import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Page, Schedule, Schemas } from "../../api/types";

export type Calendar = Schemas["CalendarView"];
export type Slot = Schemas["SlotView"];
export type Webhook = Schemas["WebhookView"];
export type Secret = Schemas["codex32_server__features__triggers__schemas__SecretView"];
export type Delivery = Schemas["DeliveryView"];

const REFRESH_MS = 10_000;
const DELIVERIES_REFRESH_MS = 3000;
const next = <T>(page: Page<T>) => page.next_cursor ?? undefined;
const start = undefined as string | undefined;

export const calendar = (since: string, until: string) =>
  queryOptions({
    queryKey: ["schedules", "calendar", since, until],
    queryFn: () => call<Calendar>(`/schedules/calendar${asked({ since, until })}`),
    staleTime: REFRESH_MS,
    refetchInterval: 60_000,
  });

export const past = (since: string, until: string, zone: string) =>
  queryOptions({
    queryKey: ["schedules", "past", since, until, zone],
    queryFn: () => call<Schemas["PastView"]>(`/schedules/past${asked({ since, until, zone })}`),
    staleTime: REFRESH_MS,
    refetchInterval: 60_000,
  });

export const schedules = () =>
  infiniteQueryOptions({
    queryKey: ["schedules", "list"],
    queryFn: ({ pageParam }) => call<Page<Schedule>>(`/schedules${asked({ cursor: pageParam, limit: "100" })}`),
    initialPageParam: start,
    getNextPageParam: next,
    refetchInterval: REFRESH_MS,
  });

export const schedule = (id: string) =>
  queryOptions({ queryKey: ["schedules", "one", id], queryFn: () => call<Schedule>(`/schedules/${id}`), refetchInterval: REFRESH_MS });

export const slots = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["schedules", "slots", id],
    queryFn: ({ pageParam }) => call<Page<Slot>>(`/schedules/${id}/slots${asked({ cursor: pageParam, limit: "20" })}`),
    initialPageParam: start,
    getNextPageParam: next,
    refetchInterval: REFRESH_MS,
  });

export const preview = (cron: string, timezone: string) =>
  queryOptions({
    queryKey: ["schedules", "preview", cron, timezone],
    queryFn: () => call<Schemas["Preview"]>("/schedules/preview", { method: "POST", body: { cron, timezone, count: 5 } }),
    staleTime: 60_000,
    retry: false,
  });

export const webhooks = () =>
  infiniteQueryOptions({
    queryKey: ["webhooks", "list"],
    queryFn: ({ pageParam }) => call<Page<Webhook>>(`/webhooks${asked({ cursor: pageParam, limit: "100" })}`),
    initialPageParam: start,
    getNextPageParam: next,
    refetchInterval: REFRESH_MS,
  });

export const webhook = (id: string) => queryOptions({ queryKey: ["webhooks", "one", id], queryFn: () => call<Webhook>(`/webhooks/${id}`) });

export const deliveries = (id: string, outcome: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["webhooks", "deliveries", id, outcome],
    queryFn: ({ pageParam }) => call<Page<Delivery>>(`/webhooks/${id}/deliveries${asked({ outcome, cursor: pageParam, limit: "25" })}`),
    initialPageParam: start,
    getNextPageParam: next,
    refetchInterval: DELIVERIES_REFRESH_MS,
  });
