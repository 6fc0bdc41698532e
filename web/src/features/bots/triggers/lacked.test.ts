import { expect, it } from "vitest";

import { lackedOf } from "./lacked";

const file = (name: string) => ({ name, size: 1, digest: "x" });
const need = (name: string | null, parameter: string | null = null) => ({ name, parameter, required: true, exact: true });

it("says which files the runs of a schedule lack", () => {
  const named = { files: [need("a.csv"), need("b.csv")], others: "none" as const };
  expect(lackedOf({ input: {}, files: [] }, named)).toBe("a.csv and b.csv are missing: its runs fail.");
  expect(lackedOf({ input: {}, files: [file("a.csv")] }, named)).toBe("b.csv is missing: its runs fail.");
  expect(lackedOf({ input: {}, files: [file("a.csv"), file("b.csv")] }, named)).toBeUndefined();
  expect(lackedOf({ input: null, files: [] }, undefined)).toBeUndefined();
});

it("knows the name from the schedule's input, and claims nothing where only the bot's default says it", () => {
  const needed = { files: [need(null, "file")], others: "none" as const };
  expect(lackedOf({ input: { file: "x.csv" }, files: [] }, needed)).toContain("x.csv is missing");
  expect(lackedOf({ input: {}, files: [] }, needed)).toBe("It needs a file: its runs fail.");
  expect(lackedOf({ input: {}, files: [file("contacts.csv")] }, needed)).toBeUndefined();
});
