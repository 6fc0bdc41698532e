import { expect, it } from "vitest";

import { fromLocal, toLocal } from "./times";

it("goes to the browser's clock and back", () => {
  const local = toLocal("2026-03-29T09:00:00+02:00") ?? "";
  expect(local).toMatch(/^2026-03-29T\d\d:\d\d:\d\d$|^2026-03-28/);
  expect(new Date(fromLocal(local)).getTime()).toBe(Date.parse("2026-03-29T07:00:00Z"));
  expect(fromLocal("2026-01-02T03:04")).toMatch(/^2026-01-02T03:04:00[+-]\d\d:\d\d$/);
});

it("leaves what is no time alone", () => {
  expect(toLocal("tomorrow")).toBeUndefined();
  expect(toLocal("2026-99-99T99:99")).toBeUndefined();
  expect(fromLocal("")).toBe("");
});
