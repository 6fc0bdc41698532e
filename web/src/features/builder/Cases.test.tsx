import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { show } from "../../testing/render";
import { Cases } from "./Cases";

const CASES = [
  { name: "test_bot.py::test_an_empty_file", outcome: "passed", message: "" },
  { name: "test_bot.py::test_names[<img src=x>]", outcome: "failed", message: "<script>alert(1)</script>" },
];

it("shows what failed first, with its message, and everything as text", () => {
  const { container } = show(<Cases cases={CASES} />);
  expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
    "names[<img src=x>]: failed<script>alert(1)</script>",
    "an empty file: passed",
  ]);
  expect(container.querySelector("img, script")).toBeNull();
});
