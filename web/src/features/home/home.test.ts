import { describe, expect, it } from "vitest";

import { placeOf } from "./places";
import { merged, type Seen } from "./recent";

describe("where what needs a person is looked at", () => {
  it.each([
    [{ type: "incident", id: "i" }, { to: "/incidents/$incidentId", params: { incidentId: "i" } }],
    [{ type: "version", id: "v", bot_id: "b" }, { to: "/bots/$botId", params: { botId: "b" }, search: { tab: "versions" } }],
    [{ type: "schedule", id: "s" }, { to: "/triggers", search: { tab: "schedules", schedule: "s" } }],
    [{ type: "system", id: null }, { to: "/settings/$section", params: { section: "system" } }],
  ] as const)("%j", (subject, place) => expect(placeOf(subject)).toEqual(place));
});

describe("the latest runs", () => {
  const run = (id: string, status = "queued") => ({ id, status }) as Seen;

  it("are each there once, as they are now, the newest first", () => {
    const known = [run("03"), run("02"), run("01")];
    const now = merged(known, [run("04"), run("02", "failed")], 3);
    expect(now.map(({ id, status }) => [id, status])).toEqual([
      ["04", "queued"],
      ["03", "queued"],
      ["02", "failed"],
    ]);
  });
});
