import { expect, it } from "vitest";

import { casesIn, lastThought } from "./follow";

const THOUGHTS = [
  { stage: "plan", text: "putting the steps together" },
  { stage: "tests", text: "running the tests" },
  { stage: "tests", text: "passed test_bot.py::test_a\nfailed test_bot.py::test_b[<b>]" },
];

it("reads tests out of thoughts", () =>
  expect(casesIn(THOUGHTS)).toEqual([
    { outcome: "passed", name: "test_bot.py::test_a" },
    { outcome: "failed", name: "test_bot.py::test_b[<b>]" },
  ]));

it("says the last thought that is no test", () => {
  expect(lastThought(THOUGHTS, "tests")).toBe("running the tests");
  expect(lastThought(THOUGHTS, "code")).toBeUndefined();
});
