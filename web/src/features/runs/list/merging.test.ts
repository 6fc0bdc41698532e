import { describe, expect, it } from "vitest";

import type { Run } from "../../../api/types";
import { belongs, narrowed, parameters, streamed } from "./filters";
import { fresh, merged, updated } from "./merging";

const run = (id: string, status: Run["status"] = "running") => ({ id, status, error: null }) as Run;

describe("what the stream brings", () => {
  const rows = [run("5"), run("4"), run("2")];

  it("changes rows in their place, and nothing where nothing changed", () => {
    expect(updated(rows, new Map([["4", run("4", "failed")]])).map((row) => row.status)).toEqual(["running", "failed", "running"]);
    expect(updated(rows, new Map([["9", run("9")]]))).toBe(rows);
  });

  it("takes what is newer than the list, newest first", () => {
    expect(fresh(rows, [run("6"), run("3"), run("7"), run("5")]).map((row) => row.id)).toEqual(["7", "6"]);
    expect(fresh([], [run("1")])).toHaveLength(1);
  });

  it("holds each run once", () => expect(merged([run("7"), run("5", "failed")], rows).map((row) => row.id)).toEqual(["7", "5", "4", "2"]));
});

describe("filters", () => {
  const now = Date.parse("2026-11-26T12:00:30Z");
  it("asks for windows from a whole minute on", () =>
    expect(parameters({ window: "1h", since: "2020-01-01", tab: "x", q: "" }, now)).toEqual({ since: "2026-11-26T11:00:00.000Z" }));
  it("asks between two moments", () =>
    expect(parameters({ since: "2026-11-01T00:00:00Z", until: "2026-11-02T00:00:00Z" }, now)).toEqual({
      since: "2026-11-01T00:00:00.000Z",
      until: "2026-11-02T00:00:00.000Z",
    }));
  it("leaves out what is no moment", () => expect(parameters({ since: "soon" }, now)).toEqual({}));
  it("listens without what a run may stop to be", () => {
    expect(streamed({ status: "running", bot: "b", error: "timeout" })).toBe("/runs/stream?bot=b");
    expect(streamed({ until: "2026-11-02T00:00:00Z" })).toBeNull();
  });
  it("knows what belongs", () => {
    expect(belongs(run("1"), { status: "running" })).toBe(true);
    expect(belongs(run("1"), { error: "timeout" })).toBe(false);
  });
  it("knows whether anything is filtered", () => expect([narrowed({ selected: "x" }), narrowed({ bot: "x" })]).toEqual([false, true]));
});
