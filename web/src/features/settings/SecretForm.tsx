import { Autocomplete, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import { ProblemNote } from "../../components/ProblemNote";
import { useChange } from "../../components/useChange";
import { settings } from "../../texts/settings";

const texts = settings.secrets;

interface Props {
  /** Whose value is replaced; without it a new one is named. */
  present?: { name: string; environment: string | null };
  onDone: () => void;
}

/** Writes the value of a secret. There is no way to read one. */
export function SecretForm({ present, onDone }: Props) {
  const [name, setName] = useState(present?.name ?? "");
  const [environment, setEnvironment] = useState(present?.environment ?? "");
  const [value, setValue] = useState("");
  const set = useChange(
    () => call(`/secrets/${encodeURIComponent(name)}${asked({ environment })}`, { method: "PUT", body: { value } }),
    [["secrets"]],
    onDone,
  );

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    set.mutate(undefined);
  }

  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack>
        {!present && (
          <>
            <TextInput data-autofocus label={texts.name} description={texts.nameHint} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <Autocomplete
              label={texts.environment}
              description={texts.everywhereHint}
              placeholder={texts.everywhere}
              data={["dev", "staging", "prod"]}
              value={environment}
              onChange={setEnvironment}
            />
          </>
        )}
        <PasswordInput
          label={texts.value}
          description={texts.valueHint}
          required
          autoComplete="new-password"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        {set.error && <ProblemNote error={set.error} />}
        <Button type="submit" loading={set.isPending} disabled={name === "" || value === ""}>
          {texts.set}
        </Button>
      </Stack>
    </form>
  );
}
