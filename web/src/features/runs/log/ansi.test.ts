import { describe, expect, it } from "vitest";

import { ansi, CLASSES, plain } from "./ansi";

const ESC = "\u001b";

describe("ansi", () => {
  it("leaves plain text as it is", () => {
    expect(ansi("two words\tand a tab")).toEqual([{ text: "two words\tand a tab", style: "" }]);
    expect(ansi("")).toEqual([]);
  });

  it.each([
    [`${ESC}[31mred${ESC}[0m plain`, [["red", "c32-ansi-red"], [" plain", ""]]],
    [`${ESC}[1;92mok${ESC}[m.`, [["ok", "c32-ansi-bold c32-ansi-green"], [".", ""]]],
    [`${ESC}[44mon${ESC}[49moff`, [["on", "c32-ansi-on-blue"], ["off", ""]]],
    [`${ESC}[1m${ESC}[2mb${ESC}[22mc`, [["b", "c32-ansi-bold c32-ansi-dim"], ["c", ""]]],
    [`${ESC}[38;5;208mx${ESC}[39my`, [["x", "c32-ansi-yellow"], ["y", ""]]],
    [`${ESC}[38;2;10;200;30mx`, [["x", "c32-ansi-green"]]],
    [`${ESC}[38;5mx`, [["x", "c32-ansi-black"]]],
    [`${ESC}[48;5;4;1mx`, [["x", "c32-ansi-bold c32-ansi-on-blue"]]],
    [`${ESC}[777;31mx`, [["x", "c32-ansi-red"]]],
    [`a${ESC}[31m${ESC}[39mb`, [["ab", ""]]],
  ])("reads %j", (line, expected) => expect(ansi(line).map(({ text, style }) => [text, style])).toEqual(expected));

  it.each([
    [`${ESC}[2J${ESC}[10;10Hmoved`, "moved"],
    [`${ESC}]0;title\u0007text`, "text"],
    [`${ESC}]8;;javascript:alert(1)${ESC}\\link${ESC}]8;;${ESC}\\`, "link"],
    [`${ESC}(Btext${ESC}=more`, "textmore"],
    [`cut off ${ESC}[38;5`, "cut off "],
    [`cut off ${ESC}`, "cut off \u241b"],
    ["progress 10 %\rprogress 20 %", "progress 10 %\u240dprogress 20 %"],
    ["bell\u0007 back\b nul\0 del\u007f", "bell\u2407 back\u2408 nul\u2400 del\u2421"],
    ["\u202egnp.exe\u202c\u200b", "\ufffdgnp.exe\ufffd\ufffd"],
  ])("obeys nothing of %j", (line, text) => expect(plain(line)).toBe(text));

  it("keeps markup as text", () => {
    const line = `${ESC}[31m<img src=x onerror=alert(1)>${ESC}[0m<script>`;
    expect(plain(line)).toBe("<img src=x onerror=alert(1)><script>");
  });
});

/** mulberry32: the same "random" lines every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const BITS = [ESC, "[", "]", "m", ";", ":", "0", "1", "31", "38", "5", "48;2;9;9;9", "\\", "\u0007", "\r", "\0", "é", "𝄞", "<b>", "text", " ", "\u009b", "\u202e", "?25l", "P"];

describe("whatever is in a line", () => {
  const next = random(32);
  const lines = Array.from({ length: 2000 }, () =>
    Array.from({ length: Math.floor(next() * 20) }, () => BITS[Math.floor(next() * BITS.length)]).join(""),
  );

  it("only known classes come out, and no control character", () => {
    for (const line of lines) {
      for (const { text, style } of ansi(line)) {
        expect(text).not.toBe("");
        // eslint-disable-next-line no-control-regex -- that is the point
        expect(text).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202e]/);
        for (const name of style.split(" ").filter(Boolean)) expect(CLASSES).toContain(name);
      }
    }
  });

  it("neighbours differ in their style", () => {
    for (const line of lines) {
      const styles = ansi(line).map((piece) => piece.style);
      styles.forEach((style, at) => expect(at > 0 && styles[at - 1] === style).toBe(false));
    }
  });

  it("text around whole sequences is what is left, whatever they are", () => {
    for (let round = 0; round < 300; round += 1) {
      const words = Array.from({ length: 5 }, (_, at) => `w${at}<&>`);
      const coloured = words.map((word) => `${ESC}[${Math.floor(next() * 120)};${Math.floor(next() * 120)}m${word}`).join("");
      expect(plain(coloured)).toBe(words.join(""));
    }
  });

  it.each([`${ESC}[`, `${ESC}]`, `${ESC}[38;2;`, `${ESC}[1m`, ESC, `${ESC}[${"1;".repeat(500)}`])("a long line of %j is read once", (bit) => {
    const line = bit.repeat(Math.ceil(64_000 / bit.length));
    const began = performance.now();
    ansi(line);
    expect(performance.now() - began).toBeLessThan(5_000); // quadratic would take minutes
  });
});
