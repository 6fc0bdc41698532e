import { expect, it } from "vitest";

import { asked, nameFits, noOptions } from "./options";

it("asks only for what was chosen", () => {
  expect(asked(noOptions(undefined))).toEqual({ engine: "auto" });
  expect(asked({ ...noOptions("models"), budget: "0.50", dry: true })).toEqual({ engine: "models", budget_usd: "0.50", dry_run: true });
});

it("takes an engine it does not know for none", () => expect(noOptions("<b>").engine).toBe("auto"));

it.each([["", true], ["clean-contacts", true], ["Clean", false], ["9-lives", false], ["a b", false]])("name %o", (name, fits) =>
  expect(nameFits(name)).toBe(fits),
);
