import { expect, it } from "vitest";

import { stacked } from "./stacks";

it("adds each line to those below it, nothing as zero", () => {
  expect(stacked([[1, null, 3], [10, 20, null]])).toEqual([
    [1, 0, 3],
    [11, 20, 3],
  ]);
  expect(stacked([])).toEqual([]);
});
