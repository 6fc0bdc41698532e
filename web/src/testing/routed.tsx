/** A component with links and questions: within a router whose addresses are all there, before a server with fixed answers. For tests. */
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";

export interface Asked {
  method: string;
  /** Behind `/api/v1`, with its question. */
  path: string;
  body: unknown;
}

/** `answers` by path without its question; a path that is not there is not found. What was asked comes back. */
export async function showRouted(element: () => ReactNode, answers: Record<string, unknown>) {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", (url: string, { method = "GET", body }: RequestInit = {}) => {
    const path = url.replace("/api/v1", "");
    asked.push({ method, path, body: typeof body === "string" ? (JSON.parse(body) as unknown) : undefined });
    const answer = answers[path.replace(/\?.*/, "")];
    return Promise.resolve(new Response(JSON.stringify(answer ?? { detail: `There is no ${path}.` }), { status: answer === undefined ? 404 : 200 }));
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const root = createRootRoute({ component: element, notFoundComponent: () => null });
  const router = createRouter({ routeTree: root, history: createMemoryHistory({ initialEntries: ["/"] }) });
  await router.load();
  const shown = render(
    <MantineProvider env="test">
      <QueryClientProvider client={client}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...shown, asked, router };
}

/** What `GET /me` answers for somebody with these scopes. */
export function somebody(...scopes: string[]): unknown {
  return { principal: { scopes } };
}
