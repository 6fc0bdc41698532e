import { describe, expect, it } from "vitest";

import { backOf, mayGoTo, targetsOf, type Move } from "./moves";
import { permissionsOf, secretsOf, tableOf } from "./permissions";

const move = (kind: Move["kind"], to: string, environment = "prod"): Move => ({
  kind, environment, to_version_id: to, from_version_id: null, moved_at: "", moved_by: null,
}); // prettier-ignore
const newestFirst = (...moves: Move[]) => moves.toReversed();

describe("a rollback", () => {
  it("leads to what ran before", () => {
    expect(backOf(newestFirst(move("promote", "1"), move("promote", "2")), "prod")).toBe("1");
  });
  it("goes further back each time", () => {
    expect(backOf(newestFirst(move("promote", "1"), move("promote", "2"), move("promote", "3"), move("rollback", "2")), "prod")).toBe("1");
  });
  it("cannot go before the first, and looks at its own environment", () => {
    expect(backOf(newestFirst(move("promote", "1"), move("publish", "2", "dev")), "prod")).toBeUndefined();
    expect(backOf([], "prod")).toBeUndefined();
  });
});

it("offers environments that do not run a version yet, and only what is proven for more than dev", () => {
  expect(targetsOf(["dev", "eu"], ["dev"])).toEqual(["staging", "prod", "eu"]);
  expect([mayGoTo("proven", "prod"), mayGoTo("unproven", "dev"), mayGoTo("unproven", "prod"), mayGoTo("failed", "dev")]).toEqual([true, true, false, false]);
});

it("says what a manifest asks for", () => {
  const manifest = {
    network: ["api.example.com"],
    secrets: ["TOKEN", { name: "KEY", inject: "header:X", host: "a.example" }],
    budget: { per_run: "0.02 USD", total: null },
    triggers: [{ schedule: "0 9 * * *", timezone: "UTC" }, { webhook: true, name: "orders" }, { strange: 1 }],
    calls: [],
  };
  expect(permissionsOf(manifest)).toEqual([
    { what: "network", values: ["api.example.com"] },
    { what: "secrets", values: ["TOKEN", "KEY"] },
    { what: "budget", values: ["per_run 0.02 USD"] },
    { what: "triggers", values: ["0 9 * * * UTC", "webhook orders", '{"strange":1}'] },
  ]);
  expect(secretsOf(manifest)[1]).toEqual({ name: "KEY", host: "a.example" });
  expect(tableOf({ limits: [1] }, "limits")).toEqual([]);
  expect(permissionsOf({})).toEqual([]);
});
