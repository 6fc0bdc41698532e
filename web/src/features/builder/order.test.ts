import { expect, it } from "vitest";

import { inOrder } from "./order";

it("puts the code first and the page last", () =>
  expect(inOrder(["README.md", "z.py", "a.json", "test_bot.py", "bot.py"], (path) => path)).toEqual([
    "bot.py",
    "test_bot.py",
    "a.json",
    "z.py",
    "README.md",
  ]));
