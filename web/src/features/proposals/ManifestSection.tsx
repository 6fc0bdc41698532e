import { Text } from "@mantine/core";

import { DataTable, type Column } from "../../components/DataTable";
import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import { proposal as texts, proposals as listTexts } from "../../texts/proposals";
import { shown } from "./deciding";
import type { Detail } from "./queries";

type Change = Detail["manifest_changes"][number];

const COLUMNS: Column<Change>[] = [
  {
    key: "path",
    head: texts.setting,
    cell: (one) => (
      <>
        <code>{one.path}</code> {one.widening && <StatusBadge status="wider" tone="warn" label={listTexts.wider} />}
      </>
    ),
  },
  { key: "before", head: texts.before, cell: (one) => <span className="c32-break">{shown(one.before)}</span> },
  { key: "after", head: texts.after, cell: (one) => <span className="c32-break">{shown(one.after)}</span> },
];

export function ManifestSection({ changes }: { changes: readonly Change[] }) {
  return (
    <Section title={texts.manifest}>
      {changes.length === 0 ? (
        <Text size="sm" className="c32-dim">
          {texts.noManifest}
        </Text>
      ) : (
        <DataTable label={texts.manifest} columns={COLUMNS} rows={changes} rowKey={(one) => `${one.path} ${shown(one.before)} ${shown(one.after)}`} />
      )}
    </Section>
  );
}
