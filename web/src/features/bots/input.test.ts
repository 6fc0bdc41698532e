import { describe, expect, it } from "vitest";

import { parseInput } from "./input";

describe("parseInput", () => {
  it("takes an object", () => expect(parseInput('{"a": [1]}')).toEqual({ a: [1] }));
  it("takes nothing for the empty object", () => expect(parseInput("  ")).toEqual({}));
  it.each(["[1]", "null", "3", '"x"', "{", "{a: 1}"])("refuses %s", (text) => expect(parseInput(text)).toBeUndefined());
});
