import type { UseQueryResult } from "@tanstack/react-query";
import { useContext, useDeferredValue, type ReactNode } from "react";

import { isAway } from "../api/client";
import { AwayShown } from "./away";
import { ProblemNote } from "./ProblemNote";
import { Waiting } from "./Waiting";

interface Props<T> {
  query: UseQueryResult<T>;
  rows?: number;
  height?: number;
  children: (data: T) => ReactNode;
}

/** What a question became: its place held, its answer, or what went wrong with a way to ask again. */
export function Answered<T>({ query, rows, height, children }: Props<T>) {
  const known = useContext(AwayShown);
  // Drawn in pieces, between which the page answers to a touch. Only that there is an answer may be late, never what it
  // says: under another address the former answer would be somebody else's.
  const there = useDeferredValue(query.data !== undefined);
  if (query.data !== undefined && there) return <>{children(query.data)}</>;
  if (query.error && !(known && isAway(query.error))) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
  return <Waiting rows={rows} height={height} />;
}
