import { Button, NumberInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useState, type SyntheticEvent } from "react";

import { ApiError, call } from "../../api/client";
import { useMay } from "../../api/rights";
import type { Run, Version } from "../../api/types";
import { ProblemNote } from "../../components/ProblemNote";
import { bot as botTexts, running as texts } from "../../texts/bots";
import { fieldErrors } from "../forms/errors";
import { areReady, filesOf, type GivenFile } from "../forms/files";
import { FilesInput } from "../forms/FilesInput";
import { lackedFiles, placed, slotsOf, stopOf, type Needed } from "../forms/needs";
import { SchemaForm } from "../forms/SchemaForm";
import { initialInput } from "../forms/values";

interface Props {
  version: Version;
  /** undefined: nothing is known of the files that it reads. */
  needed: Needed | undefined;
  botRef: string;
  environment: string;
  active: boolean;
}

/** Input, files, and what most runs leave as it is. A run that surely lacks a file is not started. */
export function RunForm({ version, needed, botRef, environment, active }: Props) {
  const navigate = useNavigate();
  const may = useMay()("runs:write");
  const [input, setInput] = useState(() => initialInput(version.input_schema));
  const [valid, setValid] = useState(true);
  const [files, setFiles] = useState<readonly GivenFile[]>([]);
  const [delay, setDelay] = useState(0);
  const [priority, setPriority] = useState(0);
  const [pressed, setPressed] = useState(false);
  const slots = slotsOf(needed, input);
  const given = placed(files, slots);
  const stop = stopOf(lackedFiles(needed, files, slots));
  const readsNone = needed?.others === "none" && slots.length === 0;
  const start = useMutation({
    mutationFn: () =>
      call<Run>(`/bots/${botRef}/runs`, {
        method: "POST",
        body: { input, files: filesOf(given), delay, priority, ...(environment ? { environment } : {}) },
        headers: { "Idempotency-Key": crypto.randomUUID() },
      }),
    onSuccess: (run) => navigate({ to: "/runs/$runId", params: { runId: run.id } }),
  });
  const errors = fieldErrors(start.error instanceof ApiError ? start.error.problem : undefined);
  const filesInput = (
    <FilesInput
      label={texts.files}
      value={files}
      onChange={setFiles}
      slots={slots}
      complain={pressed}
      onName={({ parameter = "" }, name) => setInput((present) => ({ ...present, [parameter]: name }))}
    />
  );

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    setPressed(true);
    if (stop === undefined) start.mutate();
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <SchemaForm schema={version.input_schema} value={input} onChange={setInput} errors={errors} onValid={setValid} />
        {!readsNone && filesInput}
        <details>
          <summary>{readsNone ? texts.moreFiles : texts.more}</summary>
          <Stack gap="sm" mt="xs">
            <div className="c32-pair">
              <NumberInput label={texts.delay} min={0} value={delay} onChange={(value) => setDelay(Number(value) || 0)} />
              <NumberInput label={texts.priority} value={priority} onChange={(value) => setPriority(Number(value) || 0)} />
            </div>
            {readsNone && filesInput}
          </Stack>
        </details>
        {start.error && <ProblemNote error={start.error} />}
        {pressed && stop !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert" className="c32-break">
            {stop}
          </Text>
        )}
        <div>
          <Button type="submit" leftSection={<Play size={16} aria-hidden />} loading={start.isPending} disabled={!may || !active || !valid || !areReady(given)}>
            {texts.submit}
          </Button>
          {!may && (
            <Text size="sm" className="c32-dim" mt="xs">
              {botTexts.may}
            </Text>
          )}
        </div>
      </Stack>
    </form>
  );
}
