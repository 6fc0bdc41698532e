/** What checks found, as marks in the file they are about. Pure. */
import type { Mark } from "../../components/code/CodeEditor";
import type { Schemas } from "../../api/types";
import { documentOf, rowOf, type Session } from "./documents";

const SEVERITY = { error: "error", warning: "warning", note: "info" } as const;

/** Only what was found in the code that is there now: after an edit the old findings stand at the wrong lines. */
export function marksOf(session: Session, path: string): Mark[] {
  const code = rowOf(session, "code")?.number ?? 0;
  const checks = rowOf(session, "checks");
  if (!checks || checks.number < code) return [];
  const findings = documentOf(session, "checks")?.findings ?? [];
  return findings
    .filter((one) => one.file === path && one.line > 0)
    .map(({ line, message, severity }) => ({ line, column: 1, severity: SEVERITY[severity], message }));
}

/** What is said of files while they are typed; of a file as a whole at its first line. */
export function marksOfDiagnosis(diagnostics: readonly Schemas["Diagnostic"][], path: string): Mark[] {
  return diagnostics
    .filter((one) => one.file === path)
    .map((one) => ({
      line: Math.max(one.line, 1),
      column: Math.max(one.column, 1),
      endLine: one.end_line || undefined,
      endColumn: one.end_column || undefined,
      severity: SEVERITY[one.severity],
      message: one.message,
    }));
}
