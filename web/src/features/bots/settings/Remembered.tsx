import { NativeSelect, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Schemas } from "../../../api/types";
import { DataTable, type Column } from "../../../components/DataTable";
import { Moment } from "../../../components/Moment";
import { More } from "../../../components/More";
import { ProblemNote } from "../../../components/ProblemNote";
import { Section } from "../../../components/Section";
import { Waiting } from "../../../components/Waiting";
import { settings as texts } from "../../../texts/bots";
import type { PanelProps } from "../BotPage";
import * as queries from "../queries";

type Entry = Schemas["StateEntry"];

const COLUMNS: Column<Entry>[] = [
  { key: "key", head: texts.key, cell: (entry) => <code className="c32-break">{entry.key}</code> },
  {
    key: "value",
    head: texts.value,
    cell: (entry) => (
      <Text size="sm" lineClamp={3} className="c32-break" ff="monospace">
        {JSON.stringify(entry.value)}
      </Text>
    ),
  },
  { key: "revision", head: texts.revision, align: "right", cell: (entry) => entry.revision, wide: true },
  { key: "changed", head: texts.changed, cell: (entry) => <Moment at={entry.updated_at} style="relative" />, wide: true },
];

/** Values that outlive runs, in one environment. */
export function Remembered({ bot, botRef }: PanelProps) {
  const environments = Object.keys(bot.environments);
  const [chosen, setChosen] = useState(environments.includes("prod") ? "prod" : (environments[0] ?? ""));
  const list = useInfiniteQuery(queries.remembered(botRef, chosen));
  const entries = list.data?.pages.flatMap((page) => page.items);
  return (
    <Section
      title={texts.state}
      actions={
        environments.length > 1 ? (
          <NativeSelect size="xs" aria-label={texts.stateEnvironment} data={environments} value={chosen} onChange={(event) => setChosen(event.currentTarget.value)} />
        ) : undefined
      }
    >
      {list.error && <ProblemNote error={list.error} />}
      {list.isLoading && <Waiting rows={2} />}
      {entries?.length === 0 && <Text className="c32-dim">{texts.stateNone}</Text>}
      {entries && entries.length > 0 && <DataTable label={texts.state} columns={COLUMNS} rows={entries} rowKey={(entry) => entry.key} />}
      <More of={list} />
    </Section>
  );
}
