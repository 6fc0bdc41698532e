import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";

import { ApiError, call } from "../../api/client";
import type { Run } from "../../api/types";
import { Answered } from "../../components/Answered";
import { ProblemNote } from "../../components/ProblemNote";
import { common } from "../../texts/common";
import { run as texts } from "../../texts/runs";
import { fieldErrors } from "../forms/errors";
import { isObject, type JsonObject } from "../forms/schema";
import { SchemaForm } from "../forms/SchemaForm";
import * as queries from "./queries";

/** The same run with another input, in the form that the version of its bot has. */
export default function AgainForm({ run, onClose }: { run: Run; onClose: () => void }) {
  const version = useQuery(queries.version(run.bot_id, run.version_id));
  return (
    <Modal opened onClose={onClose} title={texts.againTitle} size="lg" closeButtonProps={{ "aria-label": common.close }}>
      <Answered query={version} rows={3}>
        {({ input_schema }) => <Fields run={run} schema={input_schema} onClose={onClose} />}
      </Answered>
    </Modal>
  );
}

function Fields({ run, schema, onClose }: { run: Run; schema: Record<string, unknown>; onClose: () => void }) {
  const navigate = useNavigate();
  const [input, setInput] = useState<JsonObject>(() => (isObject(run.input) ? run.input : {}));
  const [valid, setValid] = useState(true);
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
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm">{texts.againNote}</Text>
        <SchemaForm schema={schema} value={input} onChange={setInput} onValid={setValid} errors={problems(start.error)} disabled={start.isPending} />
        {start.error && <ProblemNote error={start.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={start.isPending} disabled={!valid}>
            {texts.again}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function problems(error: Error | null) {
  return error instanceof ApiError ? fieldErrors(error.problem) : undefined;
}
