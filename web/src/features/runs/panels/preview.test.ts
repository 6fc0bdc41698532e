import { describe, expect, it } from "vitest";

import { cells, kindOf, pictureType, pretty } from "./preview";

describe("what is shown as what", () => {
  it.each([
    ["a.png", "picture"], ["A.JPEG", "picture"], ["x.svg", "text"], ["page.html", "text"], ["t.csv", "table"], ["d.json", "json"], ["a.exe", undefined], ["noending", undefined], ["a.constructor", undefined],
  ])("%s: %s", (name, kind) => expect(kindOf(name)).toBe(kind)); // prettier-ignore
  it("takes a picture's type from its name", () => expect(pictureType("x.WEBP")).toBe("image/webp"));
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
