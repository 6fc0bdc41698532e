import { expect, it } from "vitest";

import type { Session } from "./documents";
import { marksOf, marksOfDiagnosis } from "./marks";

function session(checks: number): Session {
  const findings = [
    { stage: "checks", code: "lint", file: "bot.py", line: 3, message: "unused", severity: "warning" },
    { stage: "checks", code: "syntax", file: "test_bot.py", line: 1, message: "broken", severity: "error" },
    { stage: "checks", code: "size", file: "bot.py", line: 0, message: "long", severity: "note" },
  ];
  const stages = [
    { stage: "code", number: 5, document: { kind: "written", files: {} } },
    { stage: "checks", number: checks, document: { kind: "checked", findings, skipped: [] } },
  ];
  return { stages } as unknown as Session;
}

it("marks the lines of the file that is looked at", () =>
  expect(marksOf(session(7), "bot.py")).toEqual([{ line: 3, column: 1, severity: "warning", message: "unused" }]));

it("forgets what was found in older code", () => expect(marksOf(session(4), "bot.py")).toEqual([]));

it("marks what is said while it is typed, of the file as a whole at its first line", () => {
  const said = { file: "bot.py", line: 0, column: 0, end_line: 0, end_column: 0, severity: "error", code: "manifest", message: "no name" } as const;
  expect(marksOfDiagnosis([said], "bot.py")).toEqual([
    { line: 1, column: 1, endLine: undefined, endColumn: undefined, severity: "error", message: "no name" },
  ]);
});
