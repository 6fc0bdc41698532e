import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import { ConfirmButton } from "../../components/ConfirmButton";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { knowledge } from "../../texts/knowledge";
import type { Base } from "./queries";

const texts = knowledge.settings;

export function BaseSettings({ base }: { base: Base }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [model, setModel] = useState(base.model);
  const reindex = useMutation({
    mutationFn: () => call(`/knowledge/${base.id}/reindex`, { method: "POST", body: { model } }),
    onSuccess: async () => {
      notifications.show({ message: texts.started });
      await client.invalidateQueries({ queryKey: ["knowledge"] });
    },
  });

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    reindex.mutate();
  }

  return (
    <Stack>
      <Section title={texts.reindex}>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <Text size="sm">{texts.reindexText}</Text>
            <Group align="flex-end">
              <TextInput label={texts.model} description={texts.modelHint} value={model} onChange={(event) => setModel(event.currentTarget.value)} />
              <Button type="submit" loading={reindex.isPending}>
                {texts.start}
              </Button>
            </Group>
            {reindex.error && <ProblemNote error={reindex.error} />}
          </Stack>
        </form>
      </Section>
      <Section title={texts.remove}>
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{texts.removeText}</Text>
          <ConfirmButton
            label={texts.remove}
            action={texts.remove}
            title={texts.remove}
            word={base.name}
            onConfirm={async () => {
              await call(`/knowledge/${base.id}`, { method: "DELETE" });
              await client.invalidateQueries({ queryKey: ["knowledge", "bases"] });
              await navigate({ to: "/knowledge" });
            }}
          >
            {texts.removeText}
          </ConfirmButton>
        </Stack>
      </Section>
    </Stack>
  );
}
