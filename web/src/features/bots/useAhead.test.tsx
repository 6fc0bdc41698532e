import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { useAhead as useAheadOfRun } from "../runs/useAhead";
import { useAhead } from "./useAhead";

let asked: string[] = [];
beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(address.replace("/api/v1", ""));
    return Promise.resolve(Response.json({ items: [] }));
  });
});
afterEach(() => vi.unstubAllGlobals());

function ask(hook: (tab: string) => void, tab: string) {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  return renderHook(({ of }) => hook(of), { wrapper, initialProps: { of: tab } });
}

it("asks what the opened tab of a bot will ask, and fetches what it is made of", async () => {
  const files = { triggers: vi.fn(() => Promise.resolve()), code: vi.fn(() => Promise.resolve()) };
  const { rerender } = ask((tab) => useAhead("b1", tab, files), "triggers");
  await waitFor(() => expect(asked).toHaveLength(2));
  expect(asked).toEqual(["/schedules?bot=b1", "/webhooks?bot=b1"]);
  expect([files.triggers.mock.calls.length, files.code.mock.calls.length]).toEqual([1, 0]);
  rerender({ of: "code" });
  await waitFor(() => expect(files.code).toHaveBeenCalledOnce());
});

it("asks nothing for a tab that does not exist", async () => {
  ask((tab) => useAhead("b1", tab, {}), "nothing");
  await Promise.resolve();
  expect(asked).toEqual([]);
});

it("leaves to the tab what cannot be had", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("away")));
  const failed = vi.fn(() => Promise.reject(new Error("no file")));
  ask((tab) => useAhead("b1", tab, { resources: failed }), "resources");
  await waitFor(() => expect(failed).toHaveBeenCalledOnce()); // and nothing is thrown at anybody
});

it("asks what the opened tab of a run will ask", async () => {
  ask((tab) => useAheadOfRun("r1", tab), "trace");
  await waitFor(() => expect(asked).toEqual(["/runs/r1/trace", "/runs/r1/attempts"]));
});
