import { Alert, Button, NativeSelect, NumberInput, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useState, type SyntheticEvent } from "react";

import { ApiError, call } from "../../api/client";
import { useMay } from "../../api/rights";
import type { Run, Version } from "../../api/types";
import { Answered } from "../../components/Answered";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { useAddress } from "../../components/useAddress";
import { bot as botTexts, running as texts } from "../../texts/bots";
import { fieldErrors } from "../forms/errors";
import { areReady, filesOf, type GivenFile } from "../forms/files";
import { FilesInput } from "../forms/FilesInput";
import { SchemaForm } from "../forms/SchemaForm";
import { initialInput } from "../forms/values";
import type { PanelProps } from "./BotPage";
import * as queries from "./queries";

/** The environment that a run without one takes, as the server chooses it. */
function standardOf(environments: PanelProps["bot"]["environments"]): string {
  return environments.prod ? "prod" : "dev";
}

export default function RunPanel({ bot, botRef }: PanelProps) {
  const [address, change] = useAddress();
  const chosen = bot.environments[address.environment ?? ""] ? (address.environment ?? "") : "";
  const pointer = bot.environments[chosen || standardOf(bot.environments)];
  const version = useQuery(queries.version(botRef, pointer?.version_id ?? ""));
  if (bot.kind === "service") {
    return (
      <Alert color="blue">
        {texts.service}{" "}
        <Link className="c32-link" to="/services">
          {texts.serviceLink}
        </Link>
      </Alert>
    );
  }
  if (!pointer) return <Alert color="yellow">{texts.noVersion}</Alert>;
  return (
    <Section title={texts.title}>
      <Stack>
        <NativeSelect
          label={texts.environment}
          maw="28rem"
          data={[
            { value: "", label: texts.standard },
            ...Object.entries(bot.environments).map(([name, one]) => ({ value: name, label: texts.at(name, one.number) })),
          ]}
          value={chosen}
          onChange={(event) => change({ environment: event.currentTarget.value })}
        />
        <Answered query={version} rows={3}>
          {(found) => <Form key={found.id} version={found} botRef={botRef} environment={chosen} active={bot.status === "active"} />}
        </Answered>
      </Stack>
    </Section>
  );
}

function Form({ version, botRef, environment, active }: { version: Version; botRef: string; environment: string; active: boolean }) {
  const navigate = useNavigate();
  const may = useMay()("runs:write");
  const [input, setInput] = useState(() => initialInput(version.input_schema));
  const [valid, setValid] = useState(true);
  const [files, setFiles] = useState<readonly GivenFile[]>([]);
  const [delay, setDelay] = useState(0);
  const [priority, setPriority] = useState(0);
  const start = useMutation({
    mutationFn: () =>
      call<Run>(`/bots/${botRef}/runs`, {
        method: "POST",
        body: { input, files: filesOf(files), delay, priority, ...(environment ? { environment } : {}) },
        headers: { "Idempotency-Key": crypto.randomUUID() },
      }),
    onSuccess: (run) => navigate({ to: "/runs/$runId", params: { runId: run.id } }),
  });
  const errors = fieldErrors(start.error instanceof ApiError ? start.error.problem : undefined);

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    start.mutate();
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <SchemaForm schema={version.input_schema} value={input} onChange={setInput} errors={errors} onValid={setValid} />
        <FilesInput label={texts.files} value={files} onChange={setFiles} />
        <details>
          <summary>{texts.more}</summary>
          <div className="c32-pair">
            <NumberInput label={texts.delay} min={0} value={delay} onChange={(value) => setDelay(Number(value) || 0)} />
            <NumberInput label={texts.priority} value={priority} onChange={(value) => setPriority(Number(value) || 0)} />
          </div>
        </details>
        {start.error && <ProblemNote error={start.error} />}
        <div>
          <Button type="submit" leftSection={<Play size={16} aria-hidden />} loading={start.isPending} disabled={!may || !active || !valid || !areReady(files)}>
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
