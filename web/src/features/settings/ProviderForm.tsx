import { Button, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import type { Schemas } from "../../api/types";
import { ProblemNote } from "../../components/ProblemNote";
import { useChange } from "../../components/useChange";
import { settings } from "../../texts/settings";
import { TestResult } from "./ProvidersPart";
import { presets, type Provider } from "./queries";

const texts = settings.models;

/** Adds a provider and asks it for its models at once; it stays open while the answer is not good. */
export function ProviderForm({ onDone }: { onDone: () => void }) {
  const known = useQuery(presets());
  const [preset, setPreset] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [key, setKey] = useState("");
  const chosen = known.data?.items.find((one) => one.name === preset);
  const connect = useChange(
    async () => {
      const body = { preset, name: name || null, base_url: url || null, key: key || null };
      const made = await call<Provider>("/models/providers", { method: "POST", body });
      return call<Schemas["ProviderReport"]>(`/models/providers/${encodeURIComponent(made.name)}/test`, { method: "POST", body: {} });
    },
    [["models"]],
    (report) => report.ok && onDone(),
  );

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    connect.mutate(undefined);
  }

  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack>
        <Select
          label={texts.preset}
          required
          searchable
          data={(known.data?.items ?? []).map((one) => ({ value: one.name, label: one.title }))}
          value={preset}
          onChange={setPreset}
        />
        <TextInput label={texts.name} description={texts.nameHint} placeholder={preset ?? undefined} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput
          label={texts.url}
          description={texts.urlHint}
          placeholder={chosen?.base_url ?? undefined}
          required={chosen !== undefined && chosen.base_url === null}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <PasswordInput
          label={texts.key}
          description={texts.keyHint}
          required={chosen?.needs_key ?? false}
          autoComplete="new-password"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        {connect.error && <ProblemNote error={connect.error} />}
        {connect.data && !connect.data.ok && <TestResult report={connect.data} />}
        <Button type="submit" loading={connect.isPending} disabled={preset === null}>
          {texts.connect}
        </Button>
      </Stack>
    </form>
  );
}
