import { describe, expect, it } from "vitest";

import { moment } from "../../format/moment";
import { gather, placeOf } from "./choices";

const hit = (kind: string, link: string) => ({ kind, link, title: "Price watch", snippet: "watches" });

describe("the palette", () => {
  it("leads to the app's own page of what was found", () => {
    expect(placeOf(hit("bot", "/api/v1/bots/1"))).toEqual({ to: "/bots/1" });
    expect(placeOf(hit("document", "/api/v1/knowledge/b/documents/d"))).toEqual({ to: "/knowledge/b" });
    expect(placeOf(hit("recipe", "/api/v1/builder/recipes"))).toEqual({ to: "/build", search: { say: "Price watch" } });
    expect(placeOf(hit("another", "/api/v1/x"))).toBeUndefined();
  });

  it("offers to build what reads like a sentence", () => {
    const labels = gather("every day at nine", [], []).flatMap((group) => group.choices.map((choice) => choice.to));
    expect(labels).toEqual(["/build"]);
  });

  it("shows pages and what was looked at last, by name, before anything is typed", () => {
    const at = "2026-11-26T09:30:00Z";
    const groups = gather("", [], [{ path: "/bots/1", kind: "bot", name: "price-watch" }, { path: "/runs/2", kind: "run", name: "price-watch", at }]);
    expect(groups[0]?.choices.map(({ label, hint, to }) => [label, hint, to])).toEqual([
      ["price-watch", "Bot", "/bots/1"],
      ["Run of price-watch", `Run · ${moment(at, "short")}`, "/runs/2"],
    ]);
    expect(groups[1]?.choices).toHaveLength(11);
    expect(gather("price", [], [{ path: "/bots/1", kind: "bot", name: "price-watch" }])).toEqual([]);
  });
});
