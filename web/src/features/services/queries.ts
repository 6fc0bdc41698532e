import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Page, Schemas } from "../../api/types";

export type Service = Schemas["ServiceView"];
export type Detail = Schemas["ServiceDetail"];
export type Replica = Schemas["ReplicaView"];
export type ServiceEvent = Schemas["codex32_server__features__services__schemas__EventView"];
export type Resources = Schemas["ResourcesView"];

const LIST_REFRESH_MS = 4000;
const DETAIL_REFRESH_MS = 2000;
const RESOURCES_REFRESH_MS = 10_000;

export const services = () =>
  infiniteQueryOptions({
    queryKey: ["services"],
    queryFn: ({ pageParam }) => call<Page<Service>>(`/services${asked({ cursor: pageParam, limit: "100" })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: LIST_REFRESH_MS,
  });

export const service = (id: string) =>
  queryOptions({ queryKey: ["service", id], queryFn: () => call<Detail>(`/services/${id}`), refetchInterval: DETAIL_REFRESH_MS });

export const events = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["service", id, "events"],
    queryFn: ({ pageParam }) => call<Page<ServiceEvent>>(`/services/${id}/events${asked({ cursor: pageParam, limit: "20" })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: LIST_REFRESH_MS,
  });

export const resources = (id: string, hours: string) =>
  queryOptions({
    queryKey: ["service", id, "resources", hours],
    queryFn: () => call<Resources>(`/services/${id}/resources${asked({ hours })}`),
    refetchInterval: RESOURCES_REFRESH_MS,
  });
