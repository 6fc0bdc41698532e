/** What checks and tests found, as marks in the file they are about. Pure. */
import type { Mark } from "../../components/code/CodeEditor";
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
