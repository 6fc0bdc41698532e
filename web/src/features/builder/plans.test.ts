import { expect, it } from "vitest";

import { itemsOf, linesOf, parsePlan } from "./plans";

it("reads one item a line, without the empty ones", () => expect(itemsOf("a\n\n  b \n")).toEqual(["a", "b"]));
it("writes what it reads", () => expect(itemsOf(linesOf(["a", "b"]))).toEqual(["a", "b"]));
it.each(["", "[]", "null", "{", "3"])("takes %s for no plan", (text) => expect(parsePlan(text)).toBeUndefined());
it("takes an object for one", () => expect(parsePlan('{"name": "a"}')).toEqual({ name: "a" }));
