import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../../api/client";
import type { Schedule } from "../../../api/types";
import { ProblemNote } from "../../../components/ProblemNote";
import { common } from "../../../texts/common";
import { triggers as texts } from "../../../texts/bots";
import { areReady, filesOf, type GivenFile } from "../../forms/files";
import { FilesInput } from "../../forms/FilesInput";

/** The files that every run of a schedule is given: nobody is there to choose one when the clock starts it. */
export function ScheduleFiles({ botRef, schedule, onEnd }: { botRef: string; schedule: Schedule; onEnd: () => void }) {
  const client = useQueryClient();
  const [files, setFiles] = useState<readonly GivenFile[]>([]);
  const [away, setAway] = useState<readonly string[]>([]);
  const save = useMutation({
    mutationFn: () =>
      call(`/schedules/${schedule.id}`, {
        method: "PATCH",
        body: { files: { ...Object.fromEntries(away.map((name) => [name, null])), ...filesOf(files) } },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["bot", botRef] });
      onEnd();
    },
  });

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form onSubmit={submit} className="c32-inset">
      <Stack gap="sm">
        <Text size="sm">{texts.filesOf(schedule.name)}</Text>
        {schedule.files
          .filter(({ name }) => !away.includes(name))
          .map(({ name }) => (
            <Group gap="xs" key={name}>
              <Text size="sm">{name}</Text>
              <Button size="xs" variant="default" aria-label={texts.takeAway(name)} onClick={() => setAway([...away, name])}>
                {texts.take}
              </Button>
            </Group>
          ))}
        <FilesInput label={texts.files} value={files} onChange={setFiles} />
        {save.error && <ProblemNote error={save.error} />}
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!areReady(files) || files.length + away.length === 0}>
            {texts.keepFiles}
          </Button>
          <Button variant="default" onClick={onEnd}>
            {common.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
