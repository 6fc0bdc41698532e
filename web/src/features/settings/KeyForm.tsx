import { Alert, Button, Code, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import type { Schemas } from "../../api/types";
import { CopyButton } from "../../components/CopyButton";
import { ProblemNote } from "../../components/ProblemNote";
import { useChange } from "../../components/useChange";
import { settings } from "../../texts/settings";

const texts = settings.keys;
const DAY_MS = 86_400_000;

function options(labels: Record<string, string>) {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}

/** Makes a key and shows it, once. */
export function KeyForm({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("editor");
  const [ends, setEnds] = useState("d90");
  const make = useChange(() => {
    const days = Number(ends.slice(1));
    const expires_at = ends === "never" ? null : new Date(Date.now() + days * DAY_MS).toISOString();
    return call<Schemas["NewKeyView"]>("/keys", { method: "POST", body: { name, role, expires_at } });
  }, [["keys"]]);

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    make.mutate(undefined);
  }

  if (make.data) return <Made keyText={make.data.key} onDone={onDone} />;
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput data-autofocus label={texts.name} description={texts.nameHint} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Select label={texts.role} allowDeselect={false} data={options(texts.roles)} value={role} onChange={(value) => setRole(value ?? "editor")} />
        <Select label={texts.expires} allowDeselect={false} data={options(texts.expiresIn)} value={ends} onChange={(value) => setEnds(value ?? "d90")} />
        {make.error && <ProblemNote error={make.error} />}
        <Button type="submit" loading={make.isPending} disabled={name === ""}>
          {texts.create}
        </Button>
      </Stack>
    </form>
  );
}

function Made({ keyText, onDone }: { keyText: string; onDone: () => void }) {
  return (
    <Stack>
      <Alert color="yellow" role="status">
        {texts.once}
      </Alert>
      <Code block>{keyText}</Code>
      <Text size="sm">
        {texts.use} <Code>Authorization: Bearer …</Code>
      </Text>
      <Group justify="space-between">
        <CopyButton text={keyText} />
        <Button onClick={onDone}>{texts.done}</Button>
      </Group>
    </Stack>
  );
}
