import { expect, it } from "vitest";

import { reachOf } from "./secrets";

it("finds the value of the environment before the one for all", () => {
  const stored = [{ name: "A", environment: null }, { name: "A", environment: "prod" }, { name: "B", environment: "dev" }];
  expect([reachOf(stored, "A", "prod"), reachOf(stored, "A", "dev"), reachOf(stored, "B", "prod"), reachOf(stored, "C", "dev")]).toEqual(["own", "every", "none", "none"]);
});
