import { describe, expect, it } from "vitest";

import type { Schedule } from "../../api/types";
import { changeOf, creation, draftOf, inputOf, newDraft } from "./draft";

const kept = {
  bot_name: "report", cron: "0 9 * * 1-5", timezone: "Europe/Madrid", name: "mornings", misfire: "once", environment: null,
  input: { limit: 3 }, origin: "person",
} as Schedule; // prettier-ignore

describe("a schedule's form", () => {
  it("makes a new one from what is usual", () => {
    expect(creation(newDraft("report", "Europe/Madrid"))).toEqual({
      bot: "report", cron: "0 9 * * mon-fri", timezone: "Europe/Madrid", misfire: "once", input: {}, files: {},
    }); // prettier-ignore
  });

  it("sends files that were added and those that were taken away", () => {
    const draft = { ...draftOf(kept), added: { "b.csv": "u1" }, dropped: ["a.csv"] };
    expect(changeOf(draft, kept)).toMatchObject({ files: { "a.csv": null, "b.csv": "u1" } });
  });

  it("leaves of a manifest's schedule everything but input and files", () => {
    const draft = { ...draftOf(kept), zone: "UTC", input: '{"limit": 4}' };
    expect(changeOf(draft, { ...kept, origin: "manifest" })).toEqual({ input: { limit: 4 } });
  });

  it.each(["[1]", "nothing", "null", '"a"'])("takes %s for no input", (text) => expect(inputOf(text)).toBeNull());
});
