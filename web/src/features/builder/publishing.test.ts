import { expect, it } from "vitest";

import { refusalOf } from "./publishing";

const editor = (scope: string) => ["bots:write", "proposals:write"].includes(scope);

it("lets an editor publish a new bot, whatever it asks for: it was read", () => expect(refusalOf(false, true, editor)).toBeUndefined());
it("lets an editor change what asks for nothing new", () => expect(refusalOf(true, false, editor)).toBeUndefined());
it("leaves what asks for more to owners", () => {
  expect(refusalOf(true, true, editor)).toContain("owner");
  expect(refusalOf(true, true, () => true)).toBeUndefined();
});
it("lets viewers look", () => expect(refusalOf(false, false, () => false)).toContain("editor"));
