import { DataTable, type Column } from "../../components/DataTable";
import { StatusBadge } from "../../components/StatusBadge";
import { session } from "../../texts/builder";
import "./builder.css";
import type { Case } from "./documents";

const { tests: texts } = session;

const COLUMNS: Column<Case>[] = [
  { key: "name", head: texts.test, cell: (one) => <TestName test={one} /> },
  { key: "outcome", head: texts.result, align: "right", cell: (one) => <StatusBadge status={one.outcome} tone={TONE[one.outcome] ?? "quiet"} label={texts.outcome[one.outcome]} /> },
];
const TONE: Record<string, "good" | "bad" | "quiet"> = { passed: "good", failed: "bad" };

/** The tests of a bot with what they showed. */
export function Cases({ cases }: { cases: readonly Case[] }) {
  return <DataTable label={texts.test} columns={COLUMNS} rows={cases} rowKey={(one) => one.name} />;
}

/** `test_bot.py::test_an_empty_file` reads as “an empty file”; the message of one that failed stands below. */
function TestName({ test }: { test: Case }) {
  const name = test.name.split("::").at(-1) ?? test.name;
  return (
    <div className="c32-test">
      <span title={test.name}>{name.replace(/^test_/, "").replaceAll("_", " ")}</span>
      {test.message && test.outcome === "failed" && (
        <pre className="c32-message" tabIndex={0}>
          {test.message}
        </pre>
      )}
    </div>
  );
}
