import { describe, expect, it } from "vitest";

import { duration } from "./duration";

describe("duration", () => {
  it.each([
    [null, "–"],
    [0, "0 ms"],
    [999, "999 ms"],
    [1500, "1.5 s"],
    [59_940, "59.9 s"],
    [125_000, "2 min 5 s"],
  ])("says %s as %s", (given, said) => expect(duration(given)).toBe(said));
});
