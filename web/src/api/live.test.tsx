import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { useLive } from "./live";

const sources: FakeSource[] = [];
class FakeSource extends EventTarget {
  readonly CLOSED = 2;
  readyState = 0;
  onopen?: () => void;
  onerror?: () => void;
  constructor(readonly address: string) {
    super();
    sources.push(this);
  }
  close() {
    this.readyState = 2;
  }
}

beforeEach(() => {
  sources.length = 0;
  vi.stubGlobal("EventSource", FakeSource);
});
afterEach(() => vi.unstubAllGlobals());

function listen(path: string | null, handlers: Parameters<typeof useLive>[1], missed?: () => void) {
  const client = new QueryClient();
  const stale = vi.spyOn(client, "invalidateQueries");
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  return { stale, ...renderHook(({ at }) => useLive(at, handlers, missed), { wrapper, initialProps: { at: path } }) };
}

it("listens while it is wanted and hands on what comes", () => {
  const run = vi.fn();
  const { result, rerender } = listen("/runs/stream", { run });
  expect(sources[0]?.address).toBe("/api/v1/runs/stream");
  act(() => sources[0]?.onopen?.());
  expect(result.current).toBe(true);
  act(() => void sources[0]?.dispatchEvent(new MessageEvent("run", { data: '{"id":1}' })));
  expect(run).toHaveBeenCalledWith({ id: 1 });
  rerender({ at: null });
  expect([result.current, sources[0]?.readyState, sources.length]).toEqual([false, 2, 1]);
});

it("says that something was missed when it is open again", () => {
  const missed = vi.fn();
  listen("/runs/stream", { run: vi.fn() }, missed);
  act(() => sources[0]?.onopen?.());
  expect(missed).not.toHaveBeenCalled();
  act(() => sources[0]?.onopen?.());
  expect(missed).toHaveBeenCalledOnce();
});

it("asks who is signed in when the stream says that nobody is", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve({ status: 401 }));
  const { stale } = listen("/runs/stream", { run: vi.fn() });
  act(() => {
    sources[0]?.close();
    sources[0]?.onerror?.();
  });
  await waitFor(() => expect(stale).toHaveBeenCalledWith({ queryKey: ["me"] }));
});
