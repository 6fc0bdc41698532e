/** What the builder says of a bot that is there. */
import { queryOptions } from "@tanstack/react-query";

import { call } from "../../../api/client";
import { asked } from "../../../api/queries";
import type { Schemas } from "../../../api/types";

/** It is read from files and runs each time; a minute old is good enough to look at. */
const FRESH_MS = 60_000;

export const suggestions = (botId: string) =>
  queryOptions({
    queryKey: ["bot", botId, "suggestions"],
    queryFn: () => call<Schemas["SuggestionsView"]>(`/bots/${botId}/suggestions`),
    staleTime: FRESH_MS,
  });

export const explanation = (botId: string) =>
  queryOptions({
    queryKey: ["bot", botId, "explanation"],
    queryFn: () => call<Schemas["Explanation"]>(`/builder/explanations/${botId}`),
    staleTime: FRESH_MS,
  });

export const failure = (botId: string, runId: string) =>
  queryOptions({
    queryKey: ["run", runId, "explanation"],
    queryFn: () => call<Schemas["FailureExplanation"]>(`/builder/explanations/${botId}/failure${asked({ run: runId })}`),
    staleTime: Infinity,
  });

export const similar = (botId: string) =>
  queryOptions({
    queryKey: ["bot", botId, "similar"],
    queryFn: () => call<Schemas["SimilarView"]>(`/bots/${botId}/similar${asked({ top: "5" })}`),
    staleTime: FRESH_MS,
  });
