/** What checks say, as marks of an editor. Pure. */
import type { Schemas } from "../../../api/types";
import type { Mark } from "../../../components/code/CodeEditor";

export type Diagnostic = Schemas["Diagnostic"];

const SEVERITIES = { error: "error", warning: "warning", note: "info" } as const;

/** Marks of one file; what is said of it as a whole stands at its first line. */
export function marksOf(diagnostics: readonly Diagnostic[], path: string): Mark[] {
  return diagnostics
    .filter((one) => one.file === path)
    .map((one) => ({
      line: Math.max(one.line, 1),
      column: Math.max(one.column, 1),
      endLine: one.end_line > 0 ? one.end_line : undefined,
      endColumn: one.end_column > 0 ? one.end_column : undefined,
      severity: SEVERITIES[one.severity],
      message: one.message,
    }));
}

/** How many errors and warnings each file has, for its tab. */
export function worstOf(diagnostics: readonly Diagnostic[], path: string): "error" | "warning" | undefined {
  const severities = diagnostics.filter((one) => one.file === path).map((one) => one.severity);
  if (severities.includes("error")) return "error";
  return severities.includes("warning") ? "warning" : undefined;
}
