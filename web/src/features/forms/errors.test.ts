import { expect, it } from "vitest";

import { errorsWithin, fieldErrors, strayErrors } from "./errors";

const problem = {
  code: "input_invalid", title: "", detail: "", status: 422,
  errors: [
    { field: "input.days", detail: "is missing" },
    { field: "input.place.city", detail: "must be a text", expected: "a text" },
    { field: "input.extra", detail: "is not expected" },
    { field: "input", detail: "is too much" },
    { field: "files.a", detail: "is unknown" },
  ],
}; // prettier-ignore

it("sorts complaints to fields", () => {
  const errors = fieldErrors(problem);
  expect(errors).toEqual({ days: "is missing", "place.city": "must be a text (a text)", extra: "is not expected", "": "is too much" });
  expect(errorsWithin(errors, "place")).toBe("city must be a text (a text)");
  expect(errorsWithin(errors, "pla")).toBeUndefined();
  expect(errorsWithin(errors, "")).toContain("days is missing");
  expect(strayErrors(errors, "", ["days", "place"])).toEqual(["extra is not expected", "is too much"]);
  expect(fieldErrors(undefined)).toEqual({});
});
