import { expect, it } from "vitest";

import { ansi } from "./ansi";
import { marked, matches } from "./marking";

it("finds every match in any case, none over another", () => {
  expect(matches("Abab aBAb", "AB")).toEqual([
    [0, 2],
    [2, 4],
    [5, 7],
    [7, 9],
  ]);
  expect(matches("aaa", "aa")).toEqual([[0, 2]]);
  expect(matches("abc", "")).toEqual([]);
  expect(matches("İstanbul", "s")).toEqual([]); // İ has two letters in lower case
});

it("marks across colours and keeps all of the text", () => {
  const pieces = ansi("a\u001b[31mbc\u001b[0mde");
  expect(marked(pieces, "CD").map(({ text, style, hit }) => [text, style, hit])).toEqual([
    ["a", "", false],
    ["b", "c32-ansi-red", false],
    ["c", "c32-ansi-red", true],
    ["d", "", true],
    ["e", "", false],
  ]);
  expect(marked(pieces, "x").every((piece) => !piece.hit)).toBe(true);
  expect(marked([], "x")).toEqual([]);
});
