import { Button, FileButton, Group, Progress, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useState, type DragEvent } from "react";

import { upload } from "../../api/upload";
import type { Schemas } from "../../api/types";
import { ProblemNote } from "../../components/ProblemNote";
import { knowledge } from "../../texts/knowledge";

const texts = knowledge.upload;
const ACCEPTED = ".txt,.md,.markdown,.html,.htm,.pdf,.csv,text/*,application/pdf";

interface Sent {
  name: string;
  share: number;
  result?: "done" | "unchanged";
  error?: Error;
}

/** Takes files one after another, by dropping or choosing, and says of each how far it is and how it ended. */
export function UploadBox({ baseId }: { baseId: string }) {
  const client = useQueryClient();
  const [sent, setSent] = useState<Sent[]>([]);
  const [over, setOver] = useState(false);
  const busy = sent.some((one) => one.result === undefined && one.error === undefined);

  const note = (index: number, change: Partial<Sent>) =>
    setSent((present) => present.map((one, place) => (place === index ? { ...one, ...change } : one)));

  async function take(files: readonly File[]) {
    setSent(files.map((file) => ({ name: file.name, share: 0 })));
    for (const [index, file] of files.entries()) {
      try {
        const path = `/knowledge/${baseId}/documents?name=${encodeURIComponent(file.name)}`;
        const put = await upload<Schemas["PutView"]>(path, file, (share) => note(index, { share }));
        note(index, { share: 1, result: put.unchanged ? "unchanged" : "done" });
      } catch (failure) {
        note(index, { error: failure instanceof Error ? failure : new Error(String(failure)) });
      }
      await client.invalidateQueries({ queryKey: ["knowledge"] });
    }
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    if (!busy) void take([...event.dataTransfer.files]);
  }

  return (
    <Stack gap="xs" mb="md">
      <div
        className="c32-drop"
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Group justify="center" gap="xs">
          <Upload size={20} aria-hidden />
          <Text size="sm">{texts.drop}</Text>
          <FileButton multiple accept={ACCEPTED} onChange={(files) => void take(files)}>
            {(props) => (
              <Button size="xs" variant="default" loading={busy} {...props}>
                {texts.choose}
              </Button>
            )}
          </FileButton>
        </Group>
        <Text size="xs" className="c32-dim" ta="center" mt={4}>
          {texts.kinds}
        </Text>
      </div>
      <Stack gap={4} role="status">
        {sent.map((one) => (
          <SentRow sent={one} key={one.name} />
        ))}
      </Stack>
    </Stack>
  );
}

function SentRow({ sent }: { sent: Sent }) {
  if (sent.error) return <ProblemNote error={sent.error} />;
  if (sent.result) return <Text size="sm">{sent.result === "done" ? texts.done(sent.name) : texts.unchanged(sent.name)}</Text>;
  return (
    <div>
      <Text size="sm">{texts.progress(sent.name)}</Text>
      <Progress value={sent.share * 100} size="sm" aria-label={texts.progress(sent.name)} />
    </div>
  );
}
