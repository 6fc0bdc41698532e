import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import { session } from "../../texts/builder";
import type { Reviewed } from "./documents";
import * as queries from "./queries";

const { secrets: texts } = session;

/** The secrets that a bot reads; those that are missing can be given here. */
export function SecretsCard({ secrets }: { secrets: Reviewed["secrets"] }) {
  const may = useMay();
  const known = useQuery(queries.secretNames(may("secrets:read")));
  return (
    <Section title={texts.title}>
      <ul className="c32-rows">
        {secrets.map(({ name, is_set: wasSet }) => (
          <Secret name={name} isSet={known.data?.has(name) ?? wasSet} key={name} />
        ))}
      </ul>
      <Text size="xs" mt="sm" className="c32-dim">
        {may("secrets:write") ? texts.kept : texts.may}
      </Text>
    </Section>
  );
}

function Secret({ name, isSet }: { name: string; isSet: boolean }) {
  const may = useMay();
  return (
    <li>
      <Stack gap="xs">
        <div className="c32-between">
          <code className="c32-break">{name}</code>
          <StatusBadge status={isSet ? "ok" : "warn"} label={isSet ? texts.set : texts.missing} />
        </div>
        {!isSet && may("secrets:write") && <Give name={name} />}
      </Stack>
    </li>
  );
}

function Give({ name }: { name: string }) {
  const client = useQueryClient();
  const [value, setValue] = useState("");
  const give = useMutation({
    mutationFn: () => call(`/secrets/${encodeURIComponent(name)}`, { method: "PUT", body: { value } }),
    onSuccess: () => {
      setValue("");
      return client.invalidateQueries({ queryKey: ["secrets"] });
    },
  });

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    give.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-end">
        <PasswordInput
          className="c32-grow"
          size="sm"
          label={texts.value(name)}
          description={texts.hints[name]}
          autoComplete="off"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={give.isPending} disabled={value === ""}>
          {texts.save}
        </Button>
      </Group>
      {give.error && <ProblemNote error={give.error} />}
    </form>
  );
}
