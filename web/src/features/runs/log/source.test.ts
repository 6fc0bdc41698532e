import { describe, expect, it, vi } from "vitest";

import { FoundLines } from "./found";
import { firstFrom, fits, neighbour, parsed, spelled } from "./positions";
import { line, lines, server } from "./testing";
import { WholeLog } from "./whole";

describe("places", () => {
  it.each([
    ["17", "1:17"],
    ["2:17", "2:17"],
  ])("reads %s", (text, same) => {
    const place = parsed(text);
    expect(place && spelled(place)).toBe(same);
  });
  it.each(["", "0", "1:0", "0:1", "a", "1:2:3", "-4", "<b>", undefined])("refuses %s", (text) => expect(parsed(text)).toBeUndefined());
  it("finds by halving", () => {
    const sorted = [line(1, 1), line(1, 5), line(2, 1)];
    expect([firstFrom(sorted, line(1, 2)), firstFrom(sorted, line(1, 5)), firstFrom(sorted, line(3, 1))]).toEqual([1, 1, 3]);
  });
  it("goes on from hit to hit, and around", () => {
    const hits = [line(1, 3), line(1, 7), line(2, 1)];
    const go = (from: [number, number] | undefined, by: 1 | -1): string | undefined => {
      const found = neighbour(hits, from && { attempt: from[0], line: from[1] }, by);
      return found && spelled(found);
    };
    expect([go(undefined, 1), go([1, 3], 1), go([1, 5], 1), go([2, 1], 1)]).toEqual(["1:3", "1:7", "1:7", "1:3"]);
    expect([go(undefined, -1), go([1, 3], -1), go([1, 5], -1), go([2, 1], -1)]).toEqual(["2:1", "2:1", "1:3", "1:7"]);
    expect(neighbour([] as typeof hits, undefined, 1)).toBeUndefined();
  });
  it("knows what fits", () => {
    expect(fits(line(1, 1, { text: "An ERROR" }), { q: "error", stream: "stdout" })).toBe(true);
    expect(fits(line(1, 1), { level: "error" })).toBe(false);
  });
});

describe("a whole log", () => {
  const stored = [...lines(1, 1, 1200), ...lines(2, 1, 30)];
  const extent = [
    { attempt: 1, lines: 1200 },
    { attempt: 2, lines: 30 },
  ];

  it("knows its length before anything is read, and reads only what is looked at", async () => {
    const { read, asked } = server(stored);
    const log = new WholeLog(extent, read);
    expect(log.count).toBe(1230);
    expect(log.at(700)).toBeUndefined();
    log.want(690, 720);
    log.want(690, 720);
    await vi.waitFor(() => expect(log.at(700)?.line).toBe(701));
    expect(asked).toEqual([{ attempt: "1", after: "1:500", limit: "500" }]);
    log.want(1190, 1230);
    await vi.waitFor(() => expect(log.at(1229)?.attempt).toBe(2));
    expect(log.at(1200)).toMatchObject({ attempt: 2, line: 1 });
    expect(asked).toHaveLength(3);
  });

  it("leads from rows to places and back, also within one attempt", () => {
    const log = new WholeLog(extent, server(stored).read);
    for (const index of [0, 1199, 1200, 1229]) {
      const place = log.place(index);
      expect(place && log.indexOf(place)).toBe(index);
    }
    expect(log.place(1230)).toBeUndefined();
    expect(log.indexOf({ attempt: 1, line: 1201 })).toBeUndefined();
    log.choose(2);
    expect([log.count, log.indexOf({ attempt: 2, line: 3 }), log.indexOf({ attempt: 1, line: 3 })]).toEqual([30, 2, undefined]);
  });

  it("takes what comes, twice if need be, and further attempts", () => {
    const log = new WholeLog([{ attempt: 1, lines: 2 }], server([]).read);
    log.take(lines(1, 3, 4));
    log.take(lines(1, 4, 5));
    log.take(lines(2, 1, 1));
    expect([log.count, log.at(4)?.line, log.at(5)?.attempt, spelled(log.end)]).toEqual([6, 5, 2, "2:1"]);
  });

  it("asks for what of a page is missing behind what came", async () => {
    const { read, asked } = server(lines(1, 1, 10));
    const log = new WholeLog([{ attempt: 1, lines: 8 }], read);
    log.take(lines(1, 9, 10));
    log.want(0, 10);
    await vi.waitFor(() => expect(log.at(0)?.line).toBe(1));
    expect(asked).toHaveLength(1);
  });

  it("keeps a bounded part of a flood", () => {
    const log = new WholeLog([], server([]).read);
    for (let from = 1; from <= 100_000; from += 5000) log.take(lines(1, from, from + 4999));
    expect(log.count).toBe(100_000);
    expect(log.at(99_999)?.line).toBe(100_000);
    expect(log.at(0)).toBeUndefined();
  });

  it("says what failed and asks again when told to", async () => {
    const read = vi.fn().mockRejectedValueOnce(new Error("gone")).mockResolvedValue({ items: lines(1, 1, 5) });
    const log = new WholeLog([{ attempt: 1, lines: 5 }], read);
    log.want(0, 5);
    await vi.waitFor(() => expect(log.error?.message).toBe("gone"));
    log.want(0, 5);
    expect(read).toHaveBeenCalledTimes(1);
    log.retry();
    log.want(0, 5);
    await vi.waitFor(() => expect(log.at(0)?.line).toBe(1));
  });
});

describe("lines that fit", () => {
  const stored = lines(1, 1, 3000).map((one) => (one.line % 2 ? { ...one, stream: "stderr" as const } : one));

  it("come page by page and then as they are written, each once", async () => {
    const { read, asked } = server(stored);
    const found = new FoundLines({ stream: "stderr" }, read, 10_000);
    const started = found.start();
    found.take([line(1, 2999, { stream: "stderr" }), line(1, 3001, { stream: "stderr" }), line(1, 3002)]);
    await started;
    expect([found.count, found.at(1500)?.line, found.done, asked.length]).toEqual([1501, 3001, true, 2]);
    found.take([line(1, 3003, { stream: "stderr" })]);
    expect(found.indexOf({ attempt: 1, line: 3003 })).toBe(1501);
    expect(found.indexOf({ attempt: 1, line: 3002 })).toBeUndefined();
  });

  it("stop at the most that is kept", async () => {
    const found = new FoundLines({ q: "LINE" }, server(stored).read, 1500);
    await found.start();
    expect([found.count, found.capped]).toEqual([1500, true]);
  });

  it("say why they did not come", async () => {
    const found = new FoundLines({ q: "x" }, () => Promise.reject(new Error("gone")), 10);
    await found.start();
    expect(found.error?.message).toBe("gone");
  });
});
