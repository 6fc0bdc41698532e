import { CloseButton, FileInput, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";

import type { Schedule, Upload } from "../../api/types";
import { upload } from "../../api/upload";
import { ProblemNote } from "../../components/ProblemNote";
import { size } from "../../format/size";
import { scheduleForm as texts } from "../../texts/triggers";
import type { Draft } from "./draft";

interface Props {
  draft: Draft;
  kept: Schedule["files"];
  onChange: (change: Partial<Draft>) => void;
}

/** Files that every run is given. They are uploaded as soon as they are chosen. */
export function ScheduleFiles({ draft, kept, onChange }: Props) {
  const send = useMutation({
    mutationFn: async (files: File[]) => {
      const stored = await Promise.all(
        files.map(async (file) => [file.name, (await upload<Upload>(`/uploads?name=${encodeURIComponent(file.name)}`, file, () => undefined)).id] as const),
      );
      return Object.fromEntries(stored);
    },
    onSuccess: (added) => onChange({ added: { ...draft.added, ...added }, dropped: draft.dropped.filter((name) => !(name in added)) }),
  });
  const present = kept.filter((file) => !draft.dropped.includes(file.name) && !(file.name in draft.added));

  function drop(name: string) {
    const added = Object.fromEntries(Object.entries(draft.added).filter(([one]) => one !== name));
    onChange({ added, dropped: kept.some((file) => file.name === name) ? [...draft.dropped, name] : draft.dropped });
  }

  return (
    <div>
      <FileInput
        label={texts.files}
        description={texts.filesHint}
        placeholder={texts.filesChoose}
        multiple
        value={[]}
        disabled={send.isPending}
        onChange={(files) => files.length > 0 && send.mutate(files)}
      />
      {send.error && <ProblemNote error={send.error} />}
      {[...present.map((file) => ({ name: file.name, detail: size(file.size) })), ...Object.keys(draft.added).map((name) => ({ name, detail: "" }))].map(
        (file) => (
          <Group key={file.name} gap="xs" mt={4}>
            <Text size="sm" className="c32-break">
              {file.name} <span className="c32-dim">{file.detail}</span>
            </Text>
            <CloseButton size="sm" aria-label={texts.removeFile(file.name)} onClick={() => drop(file.name)} />
          </Group>
        ),
      )}
    </div>
  );
}
