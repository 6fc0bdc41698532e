/** Sessions of the builder, and what recipes understand. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Page, Schemas } from "../../api/types";
import type { Session, Summary } from "./documents";

/** While it works its events say when to look again; this is for the case that they do not come. */
const WORKING_REFRESH_MS = 3000;
/** Somebody else, or the same person in another tab, may answer or publish what is open here. */
const OPEN_REFRESH_MS = 10_000;
const OVER = new Set(["published", "cancelled"]);

export const sessions = () =>
  infiniteQueryOptions({
    queryKey: ["builder", "sessions"],
    queryFn: ({ pageParam }) => call<Page<Summary>>(`/builder/sessions${asked({ cursor: pageParam, limit: "8" })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const session = (id: string) =>
  queryOptions({
    queryKey: ["builder", "session", id],
    queryFn: () => call<Session>(`/builder/sessions/${id}`),
    refetchInterval: (query) => refreshOf(query.state.data?.status),
  });

function refreshOf(status: string | undefined): number | false {
  if (status === undefined || OVER.has(status)) return false;
  return status === "working" ? WORKING_REFRESH_MS : OPEN_REFRESH_MS;
}

export const recipes = () =>
  queryOptions({ queryKey: ["builder", "recipes"], queryFn: () => call<Page<Schemas["RecipeView"]>>("/builder/recipes"), staleTime: Infinity });

/** Names of the secrets that runs in `dev` are given. */
export const secretNames = (may: boolean) =>
  queryOptions({
    queryKey: ["secrets", "names", "dev"],
    queryFn: () => call<Page<{ name: string }>>("/secrets?environment=dev"),
    select: (page) => new Set(page.items.map((secret) => secret.name)),
    enabled: may,
  });

/** Something that is done to a session; the answer is the session as it is then. */
export function useDoing<T>(id: string, request: (given: T) => [method: "POST" | "PUT", path: string, body?: unknown]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: T) => {
      const [method, path, body] = request(given);
      return call<Session>(`/builder/sessions/${id}${path}`, { method, body });
    },
    onSuccess: (answer) => {
      client.setQueryData(session(id).queryKey, answer);
      void client.invalidateQueries({ queryKey: ["builder", "sessions"] });
      if (answer.bot) void client.invalidateQueries({ queryKey: ["bots"] });
      if (answer.changes) void client.invalidateQueries({ queryKey: ["bot"] });
      if (answer.proposal_id) void client.invalidateQueries({ queryKey: ["proposals"] });
    },
  });
}

export const useSay = (id: string) => useDoing<Schemas["Said"]>(id, (said) => ["POST", "/messages", said]);

/** Put a document of one's own in a stage's place. */
export const useEdit = (id: string, stage: "requirements" | "plan" | "code") =>
  useDoing<object>(id, (document) => ["PUT", `/stages/${stage}`, { document }]);
