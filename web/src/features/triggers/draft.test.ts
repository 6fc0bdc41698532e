import { describe, expect, it } from "vitest";

import type { Schedule } from "../../api/types";
import type { Slot } from "../forms/needs";
import { changeOf, creation, draftOf, newDraft, sentInput, shownInput } from "./draft";

const kept = {
  bot_name: "report", cron: "0 9 * * mon-fri", timezone: "Europe/Madrid", name: "mornings", misfire: "once", environment: null,
  input: { limit: 3 }, files: [{ name: "a.csv", size: 3, digest: "x" }], origin: "person",
} as unknown as Schedule; // prettier-ignore
const schema = { type: "object", properties: { limit: { type: "integer", default: 5 }, ok: { type: "boolean" } }, required: ["ok"] };
const slot: Slot = { key: "name a.csv", name: "a.csv", required: true, exact: true };

describe("a schedule's form", () => {
  it("makes a new one from what is usual", () => {
    expect(creation(newDraft("report", "Europe/Madrid"))).toEqual({
      bot: "report", cron: "0 9 * * mon-fri", timezone: "Europe/Madrid", misfire: "once", input: {}, files: {},
    }); // prettier-ignore
  });

  it("shows the bot's defaults and does not fix those that nobody touched", () => {
    const draft = newDraft("report", "UTC");
    expect(shownInput(draft, schema)).toEqual({ limit: 5, ok: false });
    expect(sentInput(draft, schema)).toEqual({ ok: false });
    expect(sentInput({ ...draft, input: { limit: 5, ok: true } }, schema)).toEqual({ limit: 5, ok: true });
  });

  it("changes nothing where nothing was changed", () => expect(changeOf(draftOf(kept), kept)).toEqual({}));

  it("sends files that were added and those that were taken away", () => {
    const added = { key: "1", name: "b.csv", size: 1, id: "u1" };
    expect(changeOf({ ...draftOf(kept), files: [added] }, kept)).toEqual({ files: { "a.csv": null, "b.csv": "u1" } });
    expect(changeOf({ ...draftOf(kept), files: [...draftOf(kept).files, added] }, kept)).toEqual({ files: { "b.csv": "u1" } });
  });

  it("gives a file the name of its place, and puts it there instead of the one before", () => {
    const chosen = { key: "1", name: "export (2).csv", size: 1, id: "u1", slot: slot.key };
    expect(changeOf({ ...draftOf(kept), files: [chosen] }, kept, [slot])).toEqual({ files: { "a.csv": "u1" } });
    expect(creation({ ...newDraft("report", "UTC"), files: [chosen] }, undefined, [slot]).files).toEqual({ "a.csv": "u1" });
  });

  it("empties the environment", () => {
    const before = { ...kept, environment: "staging" };
    expect(changeOf({ ...draftOf(before), environment: "" }, before)).toEqual({ environment: null });
    expect(changeOf({ ...draftOf(before), environment: "prod" }, before)).toEqual({ environment: "prod" });
    expect(changeOf(draftOf(before), before)).toEqual({});
  });

  it("leaves of a manifest's schedule everything but input and files", () => {
    const draft = { ...draftOf(kept), zone: "UTC", environment: "prod", input: { limit: 4 } };
    expect(changeOf(draft, { ...kept, origin: "manifest" })).toEqual({ input: { limit: 4 } });
  });
});
