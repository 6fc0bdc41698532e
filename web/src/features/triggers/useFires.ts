import { useQueries } from "@tanstack/react-query";

import { useNow } from "../../components/clock";
import { byDay, dayOf, periods, type Day } from "./calendar";
import { pastByDay, together } from "./past";
import { calendar, past } from "./queries";

/** What took place on these days and what will; all pieces are asked for at once. */
export function useFires(days: Day[], zone: string) {
  const now = useNow();
  const today = dayOf(now, zone);
  const pieces = periods(days);
  const coming = useQueries({ queries: pieces.filter(({ until }) => until.slice(0, 10) > today).map(({ since, until }) => calendar(since, until)) });
  const passed = useQueries({ queries: pieces.filter(({ since }) => since.slice(0, 10) <= today).map(({ since, until }) => past(since, until, zone)) });
  const plans = coming.flatMap((one) => (one.data ? [one.data] : []));
  const records = passed.flatMap((one) => (one.data ? [one.data] : []));
  const was = pastByDay(records.flatMap((page) => page.slots), records.flatMap((page) => page.dense), zone); // prettier-ignore
  const will = byDay(plans.flatMap((page) => page.fires), plans.flatMap((page) => page.dense), zone); // prettier-ignore
  const all = [...coming, ...passed];
  return {
    entries: together(was, will, today, now),
    pending: all.some((one) => one.isPending && !one.error),
    error: all.find((one) => one.error)?.error,
    truncated: [...plans, ...records].some((page) => page.truncated),
    retry: () => all.forEach((one) => void one.refetch()),
  };
}
