import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { show } from "../../../testing/render";
import { LogRow } from "./LogRow";
import { line } from "./testing";

const row = (text: string, find = "") =>
  show(<LogRow attempt={2} number={7} line={line(2, 7, { text })} find={find} address="/runs/1?tab=log&" times={false} attempts chosen={false} />);

describe("a line of a log", () => {
  it.each(["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "</span><b>bold</b>", "&lt;b&gt;", "javascript:alert(1)"])(
    "shows %s as text",
    (text) => {
      const { container } = row(`\u001b[31m${text}\u001b[0m`);
      expect(container.querySelector(".c32-log-text")?.textContent).toBe(text);
      expect(container.querySelector("img, script, b")).toBeNull();
    },
  );

  it("marks what is searched, across colours", () => {
    const { container } = row("a \u001b[32mnee\u001b[0mdle", "NEEDLE");
    expect([...container.querySelectorAll("mark")].map((mark) => [mark.textContent, mark.className])).toEqual([
      ["nee", "c32-ansi-green"],
      ["dle", ""],
    ]);
  });

  it("leads to itself", () => {
    row("x");
    const link = screen.getByRole("link", { name: "Line 7" });
    expect(link.getAttribute("href")).toBe("/runs/1?tab=log&line=2%3A7");
    expect(link.textContent).toBe("2:7");
  });
});
