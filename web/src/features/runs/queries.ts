/** What the pages of runs ask. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Page, Run, Schemas, Version } from "../../api/types";

export type Trace = Schemas["TraceView"];
export type Span = Schemas["SpanView"];
export type Approval = Schemas["ApprovalView"];
export type ModelCall = Schemas["CallView"];
export type Connection = Schemas["ConnectionView"];
export type Attempt = Schemas["AttemptView"];

export const RUNS_PAGE = 100;

/** Lists are kept up to date by the live stream, not by asking again. */
export const runs = (filter: Record<string, string | undefined>) =>
  infiniteQueryOptions({
    queryKey: ["runs", "list", filter],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => call<Page<Run>>(`/runs${asked({ ...filter, cursor: pageParam, limit: String(RUNS_PAGE) })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Run>): string | undefined => page.next_cursor ?? undefined,
    staleTime: 30_000,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });

/** A run that goes on is followed by its stream; asking again stands behind it. */
export const run = (id: string) =>
  queryOptions({ queryKey: ["run", id], queryFn: () => call<Run>(`/runs/${id}`), staleTime: 2000 });

const of = <T>(id: string, part: string, live: boolean, path = `/runs/${id}/${part}`) =>
  queryOptions({ queryKey: ["run", id, part], queryFn: () => call<T>(path), refetchInterval: live ? 3000 : false });

export const trace = (id: string, live: boolean) => of<Trace>(id, "trace", live);
export const attempts = (id: string, live: boolean) => of<Schemas["AttemptsView"]>(id, "attempts", live);
export const egress = (id: string, live: boolean) => of<Schemas["EgressView"]>(id, "egress", live);
export const resources = (id: string, live: boolean) => of<Schemas["ResourcesView"]>(id, "resources", live);
export const approvals = (id: string, live: boolean) => of<Page<Approval>>(id, "approvals", live, `/approvals?run=${id}`);
export const calls = (id: string, live: boolean) => of<Page<ModelCall>>(id, "calls", live, `/usage/calls?run=${id}&limit=200`);

/** How long the log is now: read anew each time a log is opened, because what comes later comes by its stream. */
export const extent = (id: string) =>
  queryOptions({
    queryKey: ["run", id, "extent"],
    queryFn: () => call<Schemas["LogExtentView"]>(`/runs/${id}/logs/extent`),
    staleTime: Infinity,
    gcTime: 0,
  });

export const version = (bot: string, id: string) =>
  queryOptions({ queryKey: ["bot", bot, "version", id], queryFn: () => call<Version>(`/bots/${bot}/versions/${id}`), staleTime: Infinity });

export const members = () =>
  queryOptions({ queryKey: ["members"], queryFn: () => call<Page<Schemas["MemberView"]>>("/members"), staleTime: 60_000 });
