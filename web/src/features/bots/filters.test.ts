import { expect, it } from "vitest";

import { filterOf, narrows, NO_FILTER } from "./filters";

it("takes its own words of the address and leaves others", () => {
  expect(filterOf({ q: "clean", tab: "code", role: "", sort: "name" })).toEqual({ q: "clean", sort: "name" });
});

it("knows what narrows a list", () => {
  expect(narrows({ sort: "name" })).toBe(false);
  expect(narrows({ favourite: "true" })).toBe(true);
  expect(NO_FILTER).not.toHaveProperty("sort");
  expect(NO_FILTER.q).toBe("");
});
