import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Page, Schemas } from "../../api/types";

export type Base = Schemas["BaseView"];
export type Document = Schemas["DocumentView"];
export type Found = Schemas["SearchView"];

const BUSY_MS = 1500;

export const bases = () =>
  infiniteQueryOptions({
    queryKey: ["knowledge", "bases"],
    queryFn: ({ pageParam }) => call<Page<Base>>(`/knowledge${asked({ limit: "50", cursor: pageParam })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Asks again while documents are being indexed. */
export const base = (id: string) =>
  queryOptions({
    queryKey: ["knowledge", "base", id],
    queryFn: () => call<Base>(`/knowledge/${encodeURIComponent(id)}`),
    refetchInterval: (query) => (query.state.data && (query.state.data.pending > 0 || query.state.data.building) ? BUSY_MS : false),
  });

export const documents = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["knowledge", "documents", id],
    queryFn: ({ pageParam }) => call<Page<Document>>(`/knowledge/${encodeURIComponent(id)}/documents${asked({ limit: "50", cursor: pageParam })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.items.some((one) => one.status === "queued" || one.status === "indexing")) ? BUSY_MS : false,
  });

export const find = (id: string, words: string) =>
  queryOptions({
    queryKey: ["knowledge", "search", id, words],
    queryFn: () => call<Found>(`/knowledge/${encodeURIComponent(id)}/search`, { method: "POST", body: { query: words, top: 10 } }),
    enabled: words.trim() !== "",
    staleTime: 60_000,
  });
