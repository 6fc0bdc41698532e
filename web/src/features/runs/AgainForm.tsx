import { Button, Group, JsonInput, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import type { Run } from "../../api/types";
import { ProblemNote } from "../../components/ProblemNote";
import { common } from "../../texts/common";
import { run as texts } from "../../texts/runs";
import { bot as botTexts } from "../../texts/bots";
import { parseInput } from "../bots/input";

/** The same run with another input. */
export default function AgainForm({ run, onClose }: { run: Run; onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState(() => JSON.stringify(run.input, null, 2));
  const input = parseInput(text);
  const start = useMutation({
    mutationFn: () => call<Run>(`/runs/${run.id}/retry`, { method: "POST", body: { input } }),
    onSuccess: (next) => {
      onClose();
      return navigate({ to: "/runs/$runId", params: { runId: next.id } });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={texts.againTitle} size="lg" closeButtonProps={{ "aria-label": common.close }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{texts.againNote}</Text>
          <JsonInput label={botTexts.input} value={text} onChange={setText} autosize minRows={4} maxRows={20} error={input ? undefined : botTexts.inputBad} />
          {start.error && <ProblemNote error={start.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <Button type="submit" loading={start.isPending} disabled={!input}>
              {texts.again}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
