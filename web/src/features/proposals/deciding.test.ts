import { describe, expect, it } from "vitest";

import { choicesOf, shown, widerLine } from "./deciding";

const PROVEN = { status: "proposed", proof: "proven", stale: false, widening: false } as const;
const editor = (scope: string) => scope === "proposals:write";
const owner = () => true;

describe("choicesOf", () => {
  it("lets an editor approve what asks for nothing new", () =>
    expect(choicesOf(PROVEN, editor)).toEqual({ approve: true, apply: false, reject: true, reasons: [] }));

  it("keeps what asks for more for owners", () => {
    const wide = { ...PROVEN, widening: true };
    expect(choicesOf(wide, editor)).toMatchObject({ approve: false, reject: true });
    expect(choicesOf(wide, editor).reasons).toHaveLength(1);
    expect(choicesOf(wide, owner).approve).toBe(true);
    expect(choicesOf({ ...wide, status: "approved" }, editor).apply).toBe(false);
  });

  it.each(["pending", "unproven", "failed"] as const)("approves nothing whose tests are %s", (proof) =>
    expect(choicesOf({ ...PROVEN, proof }, owner)).toMatchObject({ approve: false, reject: true }),
  );

  it("lets what is out of date only be rejected", () =>
    expect(choicesOf({ ...PROVEN, stale: true, status: "approved" }, owner)).toMatchObject({ approve: false, apply: false, reject: true }));

  it("lets viewers look, and says why", () => expect(choicesOf(PROVEN, () => false).reasons).toHaveLength(1));

  it.each(["applied", "rejected"] as const)("has nothing to decide when it is %s", (status) =>
    expect(choicesOf({ ...PROVEN, status }, owner)).toEqual({ approve: false, apply: false, reject: false, reasons: [] }),
  );
});

it("shows values of the manifest", () => {
  expect([shown(null), shown("1m"), shown(3), shown({ a: 1 })]).toEqual(["–", "1m", "3", '{"a":1}']);
  expect(widerLine({ path: "network", before: null, after: "a.example" })).toBe("network: a.example");
  expect(widerLine({ path: "retries.attempts", before: 1, after: 3 })).toBe("retries.attempts: 1 → 3");
});
