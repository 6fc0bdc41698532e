/** Where a session stands among its stages, and what its newest findings say. Pure. */
import { session as texts } from "../../texts/builder";
import { documentOf, stateOf, STAGES, type Finding, type Session } from "./documents";

const PASSED = new Set(["done", "edited"]);

/** The stage that is walked, or the first that is not behind it; the last where all are. */
export function standingAt(session: Session): { stage: string; number: number } {
  const running = STAGES.findIndex((stage) => stateOf(session, stage) === "running");
  const open = STAGES.findIndex((stage) => !PASSED.has(stateOf(session, stage)));
  const at = running >= 0 ? running : open >= 0 ? open : STAGES.length - 1;
  return { stage: STAGES[at] ?? "publish", number: at + 1 };
}

/** What stood in the way of the round before, in one line; undefined where nothing did. */
export function findingsOf(session: Session): string | undefined {
  const found = [...(documentOf(session, "checks")?.findings ?? []), ...failed(session)].filter((one) => one.severity === "error");
  const first = found.at(-1);
  return first && texts.mending(firstLine(first.message));
}

function failed(session: Session): Pick<Finding, "message" | "severity">[] {
  const cases = documentOf(session, "tests")?.cases ?? [];
  return cases.filter((one) => one.outcome === "failed").map((one) => ({ severity: "error", message: `${plainName(one.name)}: ${told(one.message)}` }));
}

/** `test_bot.py::test_an_empty_file` reads as “an empty file”. */
export function plainName(name: string): string {
  const last = name.split("::").at(-1) ?? name;
  return last.replace(/^test_/, "").replaceAll("_", " ");
}

/** Of what pytest says the line with the reason (`E   assert 1 == 2`); else the first. */
function told(message: string): string {
  return /^E\s+(\S.*)$/m.exec(message)?.[1] ?? firstLine(message);
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "";
}
