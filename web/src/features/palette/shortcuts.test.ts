import { describe, expect, it } from "vitest";

import { wishOf } from "./shortcuts";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey", boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

describe("keys", () => {
  it("open the palette even while somebody types", () => {
    expect(wishOf(press("k", { ctrlKey: true }), false, true)).toEqual({ kind: "palette" });
    expect(wishOf(press("K", { metaKey: true }), false, false)).toEqual({ kind: "palette" });
  });

  it("lead to a place after g", () => {
    expect(wishOf(press("g"), false, false)).toEqual({ kind: "begin" });
    expect(wishOf(press("b"), true, false)).toEqual({ kind: "go", to: "/bots" });
    expect(wishOf(press("x"), true, false)).toBeNull();
  });

  it("are letters where letters are text", () => {
    expect(wishOf(press("g"), false, true)).toBeNull();
    expect(wishOf(press("?"), false, true)).toBeNull();
  });

  it("are the browser's with a modifier", () => expect(wishOf(press("c", { ctrlKey: true }), false, false)).toBeNull());
});
