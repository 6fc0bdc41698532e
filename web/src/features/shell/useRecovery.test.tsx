import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { call, isAway } from "../../api/client";
import { useRecovery } from "./useRecovery";

/** What the server answers; nothing: it is away. */
let up = true;
let asked: string[] = [];

beforeEach(() => {
  up = true;
  asked = [];
  vi.useFakeTimers({ shouldAdvanceTime: true });
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(address);
    return up ? Promise.resolve(Response.json({ of: address })) : Promise.reject(new TypeError("no route"));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function page() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  return renderHook(
    () => ({ who: useRecovery(), bots: useQuery({ queryKey: ["bots"], queryFn: () => call("/bots") }) }),
    { wrapper },
  ); // prettier-ignore
}

it("asks who is signed in once while all is well", async () => {
  const { result } = page();
  await waitFor(() => expect(result.current.who.isSuccess).toBe(true));
  await act(() => vi.advanceTimersByTimeAsync(30_000));
  expect(asked.filter((one) => one.endsWith("/me"))).toHaveLength(1);
});

it("looks whether the server is there as soon as any question gets no answer", async () => {
  const { result } = page();
  await waitFor(() => expect(result.current.bots.isSuccess).toBe(true));
  up = false;
  await act(() => result.current.bots.refetch());
  await waitFor(() => expect(isAway(result.current.who.error)).toBe(true));
});

it("asks anew what failed when the server is back", async () => {
  up = false;
  const { result } = page();
  await waitFor(() => expect(isAway(result.current.bots.error)).toBe(true));
  up = true;
  await act(() => vi.advanceTimersByTimeAsync(3500));
  await waitFor(() => expect(result.current.bots.isSuccess).toBe(true));
  expect(result.current.who.error).toBeNull();
  const count = asked.length;
  await act(() => vi.advanceTimersByTimeAsync(30_000));
  expect(asked).toHaveLength(count);
});
