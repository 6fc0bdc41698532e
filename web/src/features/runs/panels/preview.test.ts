import { describe, expect, it } from "vitest";

import { cells, kindOf, pictureType, pretty, shownFirst } from "./preview";

describe("what is shown as what", () => {
  it.each([
    ["a.png", "picture"], ["A.JPEG", "picture"], ["x.svg", "text"], ["page.html", "text"], ["t.csv", "table"], ["d.json", "json"], ["a.exe", undefined], ["noending", undefined], ["a.constructor", undefined],
  ])("%s: %s", (name, kind) => expect(kindOf(name)).toBe(kind)); // prettier-ignore
  it("takes a picture's type from its name", () => expect(pictureType("x.WEBP")).toBe("image/webp"));
});

describe("what is shown without being asked for", () => {
  const files = (...all: [string, number][]) => shownFirst(all.map(([name, size]) => ({ name, size })));
  it("is the first small table or text", () => expect(files(["chart.png", 9], ["big.csv", 1e6], ["pupils.csv", 90], ["more.txt", 9])).toBe("pupils.csv"));
  it("is else a small picture", () => expect(files(["page.html", 9], ["chart.png", 9])).toBe("chart.png"));
  it("is nothing where there is only what runs, is empty or unknown", () => expect(files(["page.html", 9], ["x.svg", 9], ["a.csv", 0], ["b.bin", 4])).toBeUndefined());
});

describe("cells of CSV", () => {
  it.each([
    ['a,b\n1,"x, ""y""\nz"\n', [["a", "b"], ["1", 'x, "y"\nz']]],
    ["a;b\r\n1;2\r\n", [["a", "b"], ["1", "2"]]],
    ["a\tb", [["a", "b"]]],
    ["<b>,\n,", [["<b>", ""], ["", ""]]],
    ["", []],
    ['"never closed', [["never closed"]]],
  ])("%j", (text, rows) => expect(cells(text)).toEqual(rows)); // prettier-ignore
  it("stops at the most rows", () => expect(cells("a\n".repeat(1000), 3)).toHaveLength(3));
});

it("makes JSON readable and leaves what is none", () => {
  expect(pretty('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(pretty("{<script>")).toBe("{<script>");
});
