import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { follow, pause } from "./stream";

/** As far as a browser's EventSource is used. */
class Source {
  static all: Source[] = [];
  static get last(): Source {
    return Source.all.at(-1) as Source;
  }
  readonly CLOSED = 2;
  readyState = 0;
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;
  private readonly listeners = new Map<string, (event: unknown) => void>();

  constructor(readonly address: string) {
    Source.all.push(this);
  }
  addEventListener(name: string, listener: (event: unknown) => void) {
    this.listeners.set(name, listener);
  }
  close() {
    this.readyState = 2;
  }
  opens() {
    this.readyState = 1;
    this.onopen();
  }
  says(type: string, data: string, lastEventId = "") {
    this.listeners.get(type)?.({ type, data, lastEventId });
  }
  /** The connection broke: the browser tries by itself. */
  breaks() {
    this.readyState = 0;
    this.onerror();
  }
  /** The answer was no stream. */
  fails() {
    this.readyState = 2;
    this.onerror();
  }
}

let answers: number[] = [];
const heard = { event: vi.fn(), state: vi.fn(), missed: vi.fn(), stopped: vi.fn() };
const begin = (address = "/api/v1/runs/stream") =>
  follow(address, { names: ["run"], ...heard }, {
    open: (at) => new Source(at) as unknown as EventSource,
    status: () => Promise.resolve(answers.shift() ?? 0),
    random: () => 1,
  }); // prettier-ignore
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  Source.all = [];
  answers = [];
  Object.values(heard).forEach((one) => one.mockReset());
});
afterEach(() => vi.useRealTimers());

describe("a stream", () => {
  it("tells its events until its end", () => {
    begin();
    Source.last.opens();
    Source.last.says("run", "{}");
    Source.last.says("end", "");
    expect(heard.event.mock.calls).toEqual([["run", "{}"], ["end", ""]]);
    expect(heard.state.mock.calls).toEqual([[true], [false]]);
    expect([Source.all.length, Source.last.readyState, heard.missed.mock.calls.length]).toEqual([1, 2, 0]);
  });

  it("is left to the browser while only the connection breaks", async () => {
    begin();
    Source.last.opens();
    Source.last.breaks();
    await wait(60_000);
    expect(Source.all).toHaveLength(1);
    Source.last.opens();
    expect(heard.missed).toHaveBeenCalledOnce();
  });

  it("is opened again after a 502, later each time, where it stopped", async () => {
    answers = [502, 502, 0];
    begin("/api/v1/runs/1/logs/stream?after=3");
    Source.last.opens();
    Source.last.says("run", "{}", "1:7");
    Source.last.fails();
    await wait(999);
    expect(Source.all).toHaveLength(1);
    await wait(1);
    expect(Source.last.address).toBe("/api/v1/runs/1/logs/stream?after=3&last_event_id=1%3A7");
    Source.last.fails();
    await wait(1999);
    expect(Source.all).toHaveLength(2);
    await wait(1);
    expect(Source.all).toHaveLength(3);
    expect(heard.missed).not.toHaveBeenCalled();
    Source.last.opens();
    expect(heard.missed).toHaveBeenCalledOnce();
    Source.last.fails();
    await wait(1000);
    expect(Source.all).toHaveLength(4); // it was open: the waiting begins anew
  });

  it("that could not be opened at first missed what came before it could", async () => {
    answers = [503];
    begin();
    Source.last.fails();
    await wait(1000);
    Source.last.opens();
    expect(heard.missed).toHaveBeenCalledOnce();
  });

  it.each([401, 403, 404, 410])("is not asked for again after %d", async (status) => {
    answers = [status];
    begin();
    Source.last.opens();
    Source.last.fails();
    await wait(120_000);
    expect(Source.all).toHaveLength(1);
    expect(heard.stopped).toHaveBeenCalledWith(status);
    expect(heard.state).toHaveBeenLastCalledWith(false);
  });

  it("is not opened again once nobody listens", async () => {
    answers = [502, 502];
    const close = begin();
    Source.last.fails();
    close();
    await wait(60_000);
    expect(Source.all).toHaveLength(1);
    const other = begin();
    Source.last.fails();
    await wait(10);
    other();
    await wait(60_000);
    expect(Source.all).toHaveLength(2);
  });
});

it("waits between half and whole of twice as long, at most half a minute", () => {
  expect([pause(0, 0), pause(0, 1), pause(3, 0), pause(20, 1)]).toEqual([500, 1000, 4000, 30_000]);
});
