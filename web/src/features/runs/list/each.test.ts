import { expect, it } from "vitest";

import { each } from "./each";

it("does all, a few at a time, and says what failed", async () => {
  let at = 0;
  let most = 0;
  const failures = await each([1, 2, 3, 4, 5, 6, 7, 8, 9], async (item) => {
    most = Math.max(most, ++at);
    await Promise.resolve();
    at -= 1;
    if (item % 4 === 0) throw new Error(`no ${item}`);
  });
  expect(failures.map((failure) => failure.message)).toEqual(["no 4", "no 8"]);
  expect(most).toBeLessThanOrEqual(4);
});
