import type { UseQueryResult } from "@tanstack/react-query";
import { useDeferredValue, type ReactNode } from "react";

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
  // Drawn in pieces, between which the page answers to a touch.
  const drawn = useDeferredValue(query.data);
  if (query.data !== undefined && drawn !== undefined) return <>{children(drawn)}</>;
  if (query.error) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
  return <Waiting rows={rows} height={height} />;
}
