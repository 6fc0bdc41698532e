import { Button, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { ProblemNote } from "../../components/ProblemNote";
import { incident as texts } from "../../texts/incidents";
import { resolve } from "./queries";

const LONGEST_NOTE = 2000;

export function ResolveForm({ ids, onDone }: { ids: string[]; onDone?: () => void }) {
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const close = useMutation({
    mutationFn: () => Promise.all(ids.map((id) => resolve(client, id, note.trim()))),
    onSuccess: () => {
      notifications.show({ message: texts.resolved });
      onDone?.();
    },
  });

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    close.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm" className="c32-dim">
          {texts.resolveText}
        </Text>
        <Textarea
          label={texts.note}
          description={texts.noteHint}
          autosize
          minRows={2}
          maxLength={LONGEST_NOTE}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {close.error && <ProblemNote error={close.error} />}
        <Button type="submit" loading={close.isPending} w="fit-content">
          {texts.resolve}
        </Button>
      </Stack>
    </form>
  );
}
