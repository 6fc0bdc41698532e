/** What the page does while the server is away: it says so once, looks for it, and asks anew what failed when it is back. */
import { hashKey, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { isAway } from "../../api/client";
import * as queries from "../../api/queries";

const LOOK_MS = 3000;
const ME = hashKey(queries.me().queryKey);

/** Who is signed in; asked again and again only while there is no answer. */
export function useRecovery() {
  const client = useQueryClient();
  const who = useQuery({ ...queries.me(), refetchInterval: (query) => (isAway(query.state.error) ? LOOK_MS : false) });
  const away = isAway(who.error);

  useEffect(() => {
    if (away) return;
    void client.refetchQueries({ type: "active", predicate: (query) => isAway(query.state.error) });
    // Whatever gets no answer makes the page look whether anything does.
    return client.getQueryCache().subscribe((event) => {
      if (event.type !== "updated" || event.action.type !== "error" || !isAway(event.action.error)) return;
      if (event.query.queryHash === ME) return; // that is the look itself
      void client.refetchQueries({ queryKey: queries.me().queryKey });
    });
  }, [client, away]);
  return who;
}
