import { expect, it } from "vitest";

import { marksOf, worstOf, type Diagnostic } from "./marks";
import { wordsOf } from "./words";

it("reads the keys of the manifest and of its tables", () => {
  const schema = {
    properties: {
      name: { type: "string", description: "Its name.", examples: ["price-watch"] },
      kind: { enum: ["job", "service"] },
      limits: { $ref: "#/$defs/Limits", description: "Of one run." },
    },
    $defs: { Limits: { properties: { memory: { type: "string" } } } },
  };
  expect(wordsOf(schema)).toEqual([
    { label: "name", table: "tool.codex32", detail: 'e.g. "price-watch"', info: "Its name." },
    { label: "kind", table: "tool.codex32", detail: '"job" | "service"', info: undefined },
    { label: "limits", table: "tool.codex32", detail: "", info: "Of one run." },
    { label: "memory", table: "tool.codex32.limits", detail: "", info: undefined },
  ]);
  expect(wordsOf(undefined)).toEqual([]);
});

it("marks the place that a check speaks of, or the first line", () => {
  const at = { file: "bot.py", column: 3, end_line: 6, end_column: 9, code: "x", message: "no" } as const;
  const said: Diagnostic[] = [
    { ...at, line: 6, severity: "error" },
    { ...at, line: 0, column: 0, end_line: 0, end_column: 0, severity: "note" },
    { ...at, file: "other.py", line: 1, severity: "warning" },
  ];
  expect(marksOf(said, "bot.py")).toEqual([
    { line: 6, column: 3, endLine: 6, endColumn: 9, severity: "error", message: "no" },
    { line: 1, column: 1, endLine: undefined, endColumn: undefined, severity: "info", message: "no" },
  ]);
  expect([worstOf(said, "bot.py"), worstOf(said, "other.py"), worstOf(said, "c.py")]).toEqual(["error", "warning", undefined]);
});
