/** What pages have read, kept for a moment; a page that comes back shows it at once and asks again behind it. */
import { QueryClient } from "@tanstack/react-query";

import { ApiError } from "./client";

const MOST_RETRIES = 2;

/** Only what may go better the second time is asked again: no answer at all, or 5xx. */
function worthRetrying(failures: number, error: Error): boolean {
  const status = error instanceof ApiError ? error.problem.status : 0;
  return failures < MOST_RETRIES && (status === 0 || status >= 500);
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 2000, gcTime: 10 * 60_000, retry: worthRetrying } },
});
