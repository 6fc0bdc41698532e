import { Button, Stack, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import { Answered } from "../../components/Answered";
import { DataTable, type Column } from "../../components/DataTable";
import { OpenForm } from "../../components/OpenForm";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { useChange } from "../../components/useChange";
import { common } from "../../texts/common";
import { settings } from "../../texts/settings";
import { read, written } from "./aliases";
import { aliases, type Alias } from "./queries";

const texts = settings.models;

export function AliasesPart() {
  const list = useQuery(aliases());
  const may = useMay()("models:write");
  const columns: Column<Alias>[] = [
    { key: "name", head: texts.alias, cell: (alias) => <code>{alias.name}</code> },
    { key: "targets", head: texts.targets, cell: (alias) => <span className="c32-break">{written(alias.targets).replaceAll("\n", " → ") || "–"}</span> },
    { key: "edit", head: "", align: "right", cell: (alias) => may && <EditButton alias={alias} /> },
  ];
  return (
    <Section title={texts.aliases}>
      <Text size="sm" className="c32-dim" mb="sm">
        {texts.aliasesAbout}
      </Text>
      <Answered query={list} rows={3}>
        {({ items }) => <DataTable label={texts.aliases} columns={columns} rows={items} rowKey={(alias) => alias.name} />}
      </Answered>
    </Section>
  );
}

function EditButton({ alias }: { alias: Alias }) {
  return (
    <OpenForm label={texts.edit} title={`${texts.edit}: ${alias.name}`} size="compact-xs" variant="default">
      {(close) => <AliasForm alias={alias} onDone={close} />}
    </OpenForm>
  );
}

function AliasForm({ alias, onDone }: { alias: Alias; onDone: () => void }) {
  const [text, setText] = useState(written(alias.targets));
  const result = read(text);
  const save = useChange(
    (body: object) => call(`/models/aliases/${encodeURIComponent(alias.name)}`, { method: "PUT", body }),
    [["models", "aliases"]],
    onDone,
  );

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    if ("targets" in result) save.mutate({ targets: result.targets });
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        <Textarea
          data-autofocus
          label={texts.targets}
          autosize
          minRows={3}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={"wrong" in result ? result.wrong : undefined}
        />
        {save.error && <ProblemNote error={save.error} />}
        <Button type="submit" loading={save.isPending} disabled={"wrong" in result}>
          {common.save}
        </Button>
      </Stack>
    </form>
  );
}
