import { beforeEach, describe, expect, it, vi } from "vitest";

import { keepPlace, placeIn, takePlace } from "./back";

const HERE = "https://bots.example";
const MINUTE = 60_000;

describe("the place to go back to", () => {
  it.each([
    ["/runs/1", "/runs/1"],
    ["/runs?status=failed&q=a%20b#log", "/runs?status=failed&q=a%20b#log"],
    ["/", "/"],
    ["/bots/../runs", "/runs"],
    ["/build?say=https%3A%2F%2Fevil.example", "/build?say=https%3A%2F%2Fevil.example"],
    ["/bots/%2f%2fevil.example", "/bots/%2f%2fevil.example"],
  ])("may be %s", (text, place) => expect(placeIn(text, HERE)).toBe(place));

  it.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "https://evil.example",
    "https://bots.example/runs",
    "javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "runs",
    "",
    "@evil.example",
    "/runs\u0000",
    "/sign-in",
    "/sign-in?back=/runs",
    "/api/v1/session",
    undefined,
    null,
    ["/runs"],
  ])("is never %j", (text) => expect(placeIn(text, HERE)).toBeUndefined());
});

describe("what is kept for the link", () => {
  beforeEach(() => localStorage.clear());

  it("is taken once, and soon", () => {
    keepPlace("/runs/1", 0);
    expect([takePlace(HERE, MINUTE), takePlace(HERE, MINUTE)]).toEqual(["/runs/1", undefined]);
    keepPlace("/runs/1", 0);
    expect(takePlace(HERE, 16 * MINUTE)).toBeUndefined();
  });

  it("is looked at like anything that others may have written", () => {
    keepPlace("//evil.example", 0);
    expect(takePlace(HERE, 0)).toBeUndefined();
    for (const text of ["{", "null", "7", '{"place":7,"now":0}', '{"place":"/runs"}']) {
      localStorage.setItem("codex32-back", text);
      expect(takePlace(HERE, 0)).toBeUndefined();
    }
  });

  it("may not be there at all", () => {
    const broken = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new Error("full");
    });
    expect(() => keepPlace("/runs", 0)).not.toThrow();
    broken.mockRestore();
  });
});
