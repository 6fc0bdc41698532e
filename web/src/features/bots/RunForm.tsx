import { Button, FileInput, Group, JsonInput, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import type { Run, Upload } from "../../api/types";
import { ProblemNote } from "../../components/ProblemNote";
import { bot as botTexts } from "../../texts/bots";
import { parseInput } from "./input";

async function upload(files: File[]): Promise<Record<string, string>> {
  const given: Record<string, string> = {};
  for (const file of files) {
    const stored = await call<Upload>(`/uploads?name=${encodeURIComponent(file.name)}`, { method: "PUT", raw: file });
    given[file.name] = stored.id;
  }
  return given;
}

/** Input and files of a run; the answer is the run's page. */
export function RunForm({ botId }: { botId: string }) {
  const navigate = useNavigate();
  const [text, setText] = useState("{}");
  const [files, setFiles] = useState<File[]>([]);
  const parsed = parseInput(text);
  const start = useMutation({
    mutationFn: async () =>
      call<Run>(`/bots/${botId}/runs`, {
        method: "POST",
        body: { input: parsed, files: await upload(files) },
        headers: { "Idempotency-Key": crypto.randomUUID() },
      }),
    onSuccess: (run) => navigate({ to: "/runs/$runId", params: { runId: run.id } }),
  });

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    start.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <JsonInput
          label={botTexts.input}
          value={text}
          onChange={setText}
          autosize
          minRows={2}
          error={parsed ? undefined : botTexts.inputBad}
        />
        <FileInput label={botTexts.files} multiple value={files} onChange={setFiles} clearable />
        <Group>
          <Button type="submit" loading={start.isPending} disabled={!parsed}>
            {botTexts.run}
          </Button>
        </Group>
        {start.error && <ProblemNote error={start.error} />}
      </Stack>
    </form>
  );
}
