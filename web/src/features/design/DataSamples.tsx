import { Stack } from "@mantine/core";
import { useState } from "react";

import { Sparkline } from "../../components/charts/Sparkline";
import { TimeChart } from "../../components/charts/TimeChart";
import { CodeEditor, type Mark } from "../../components/code/CodeEditor";
import { DataTable, type Column } from "../../components/DataTable";
import { DiffView } from "../../components/DiffView";
import { JsonView } from "../../components/JsonView";
import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import { size } from "../../format/size";
import { design } from "../../texts/design";

const { sections, words } = design;
const HOUR = 3600;
const AT = Array.from({ length: 24 }, (_, hour) => 1_767_225_600 + hour * HOUR);
const GOOD = AT.map((_, hour) => 20 + ((hour * 7) % 13));
const BAD = AT.map((_, hour) => (hour * 5) % 4);
const RUNS = [
  { tone: "good" as const, label: words.succeeded, values: GOOD },
  { tone: "bad" as const, label: words.failed, values: BAD },
];
const MEMORY = [{ tone: "main" as const, label: words.memory, values: GOOD.map((value) => value * 4e6) }];
const CODE = `# /// script
# requires-python = ">=3.11"
# [tool.codex32]
# name = "sample"
# ///
"""Says hello."""


def main(name: str = "world") -> str:
    return f"hello {nam}"
`;
const MARKS: Mark[] = [{ line: 10, column: 22, endLine: 10, endColumn: 25, severity: "error", message: words.wrong }];
const DIFF = [{ path: words.file, kind: "changed", unified: `--- a\n+++ b\n@@ -9,2 +9,2 @@\n def main(name: str) -> str:\n-    return "hello"\n+    return f"hello {name}"\n` }];

interface Row {
  name: string;
  status: string;
}

const ROWS: Row[] = [
  { name: "price-watch", status: "succeeded" },
  { name: words.hostile, status: "failed" },
];
const COLUMNS: Column<Row>[] = [
  { key: "name", head: words.name, cell: (row) => row.name },
  { key: "status", head: sections.states, cell: (row) => <StatusBadge status={row.status} /> },
  { key: "spark", head: words.spark, wide: true, cell: () => <Sparkline values={GOOD} label={words.spark} /> },
];

export default function DataSamples() {
  const [selected, select] = useState<Set<string>>(new Set());
  const [code, setCode] = useState(CODE);
  return (
    <>
      <Section title={sections.data}>
        <Stack>
          <DataTable label={sections.data} columns={COLUMNS} rows={ROWS} rowKey={(row) => row.name} rowName={(row) => row.name} selected={selected} onSelect={select} />
          <JsonView label={words.name} value={{ name: "price-watch", output: words.hostile }} />
        </Stack>
      </Section>
      <Section title={sections.code}>
        <Stack>
          <CodeEditor label={words.file} value={code} onChange={setCode} marks={MARKS} words={[{ label: "triggers" }]} />
          <DiffView files={DIFF} />
        </Stack>
      </Section>
      <Section title={sections.charts}>
        <div className="c32-columns">
          <TimeChart label={sections.states} at={AT} lines={RUNS} kind="bars" />
          <TimeChart label={words.memory} at={AT} lines={MEMORY} format={size} />
        </div>
      </Section>
    </>
  );
}
