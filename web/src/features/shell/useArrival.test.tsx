import { createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider, type AnyRouter } from "@tanstack/react-router";
import { act, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { useArrival } from "./useArrival";

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  vi.stubGlobal("scrollTo", () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function Frame() {
  return (
    <>
      <p role="status">{useArrival("content")}</p>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

async function app() {
  const root = createRootRoute({ component: Frame });
  const page = (path: string, title: string) =>
    createRoute({
      getParentRoute: () => root,
      path,
      component: () => {
        document.title = title;
        return <button>{title}</button>;
      },
    });
  const routeTree = root.addChildren([page("/", "Home"), page("/bots", "Bots"), page("/runs", "Runs")]);
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: ["/"] }) }) as unknown as AnyRouter;
  render(<RouterProvider router={router} />);
  await screen.findByRole("button", { name: "Home" });
  return router;
}

const said = () => screen.getByRole("status").textContent;
const go = (router: AnyRouter, to: string, search = {}) => act(() => router.navigate({ to, search }));

it("says nothing of the page that was opened: the browser does", async () => {
  await app();
  await act(() => vi.advanceTimersByTimeAsync(2000));
  expect(said()).toBe("");
});

it("says the title of a page that comes, and begins there if the focus went with the page before", async () => {
  const router = await app();
  screen.getByRole("button", { name: "Home" }).focus();
  await go(router, "/bots");
  await screen.findByRole("button", { name: "Bots" });
  await act(() => vi.advanceTimersByTimeAsync(1000));
  await waitFor(() => expect(said()).toBe("Bots"));
  expect(document.activeElement?.id).toBe("content");
});

it("leaves the focus where somebody put it, and is silent while only words of the address change", async () => {
  const router = await app();
  await go(router, "/bots");
  await act(() => vi.advanceTimersByTimeAsync(1000));
  const button = await screen.findByRole("button", { name: "Bots" });
  button.focus();
  document.title = "Bots, filtered";
  await go(router, "/bots", { q: "x" });
  await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(document.activeElement).toBe(button);
  expect(said()).toBe("Bots");
});

it("says only the last of pages that come at once", async () => {
  const router = await app();
  await go(router, "/bots");
  await go(router, "/runs");
  await act(() => vi.advanceTimersByTimeAsync(1000));
  await waitFor(() => expect(said()).toBe("Runs"));
});
