/** What the person may do here. The server decides; the page only spares people buttons that would be refused. */
import { useQuery } from "@tanstack/react-query";

import * as queries from "./queries";

/** Scopes are `resource:verb`, as in the API's reference, for example `bots:write`. */
export function useMay(): (scope: string) => boolean {
  const { data } = useQuery(queries.me());
  return (scope) => data?.principal.scopes.includes(scope) ?? false;
}
