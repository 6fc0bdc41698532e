import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { Answered } from "../../components/Answered";
import { DataTable, type Column } from "../../components/DataTable";
import { SearchField } from "../../components/SearchField";
import { Section } from "../../components/Section";
import { compact } from "../../format/size";
import { settings } from "../../texts/settings";
import { catalogue, models, type Model } from "./queries";

const texts = settings.models;
const SHOWN = 50;

function rate(model: Model, name: string): string {
  if (model.free) return texts.free;
  const value = model.prices?.[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : texts.unknown;
}

const COLUMNS: Column<Model>[] = [
  { key: "name", head: texts.model, cell: (model) => <span className="c32-break">{`${model.provider}/${model.name}`}</span> },
  { key: "context", head: texts.context, align: "right", cell: (model) => (model.context_tokens ? compact(model.context_tokens) : texts.unknown) },
  { key: "input", head: texts.input, align: "right", cell: (model) => rate(model, "input") },
  { key: "output", head: texts.output, align: "right", cell: (model) => rate(model, "output") },
  { key: "abilities", head: texts.abilities, wide: true, cell: (model) => model.abilities.join(", ") },
];

export function ModelList() {
  const list = useQuery(models());
  const prices = useQuery(catalogue());
  const [words, setWords] = useState("");
  const wanted = useDeferredValue(words.toLowerCase());
  return (
    <Section title={texts.list} actions={<SearchField label={texts.search} value={words} onSearch={setWords} />}>
      <Text size="sm" className="c32-dim" mb="sm">
        {texts.listAbout} {prices.data && texts.catalogue(prices.data.version, prices.data.source)}
      </Text>
      <Answered query={list} rows={6}>
        {({ items }) => {
          const rows = items.filter((model) => `${model.provider}/${model.name}`.toLowerCase().includes(wanted));
          return <DataTable label={texts.list} columns={COLUMNS} rows={rows.slice(0, SHOWN)} rowKey={(model) => `${model.provider}/${model.name}`} />;
        }}
      </Answered>
    </Section>
  );
}
