import { describe, expect, it } from "vitest";

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

  it("shows pages and what was looked at last before anything is typed", () => {
    const groups = gather("", [], ["/bots/1", "/usage"]);
    expect(groups[0]?.choices.map((choice) => choice.to)).toEqual(["/bots/1"]);
    expect(groups[1]?.choices).toHaveLength(11);
  });
});
