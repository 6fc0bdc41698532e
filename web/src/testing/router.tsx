import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { show } from "./render";

/** A component as a page at `address`; every other address says where one is. Answers with the history. */
export function showAt(address: string, element: ReactNode) {
  const root = createRootRoute();
  const path = address.split(/[?#]/)[0] ?? "/";
  const page = createRoute({ getParentRoute: () => root, path, component: () => element });
  const rest = createRoute({ getParentRoute: () => root, path: "$", component: () => <p>elsewhere</p> });
  const history = createMemoryHistory({ initialEntries: [address] });
  show(<RouterProvider router={createRouter({ routeTree: root.addChildren([page, rest]), history }) as never} />);
  return history;
}
