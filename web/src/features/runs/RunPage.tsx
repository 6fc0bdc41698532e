import { Alert, Button, Code, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";

import { call } from "../../api/client";
import * as queries from "../../api/queries";
import { hasEnded, type Run } from "../../api/types";
import { Moment } from "../../components/Moment";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { common } from "../../texts/common";
import { run as runTexts } from "../../texts/runs";
import { duration } from "../../format/duration";
import { LogView } from "./LogView";
import { WaitNote } from "./WaitNote";

export function RunPage() {
  const { runId } = useParams({ from: "/shell/runs/$runId" });
  const run = useQuery(queries.run(runId));
  if (run.error) return <ProblemNote error={run.error} onRetry={() => void run.refetch()} />;
  if (!run.data) return <Loader aria-label={common.loading} />;
  return (
    <Stack>
      <Group justify="space-between">
        <Group>
          <Title order={1} size="h2">
            <Link className="c32-link" to="/bots/$botId" params={{ botId: run.data.bot_id }}>
              {run.data.bot_name}
            </Link>
          </Title>
          <StatusBadge status={run.data.status} />
        </Group>
        <Actions run={run.data} />
      </Group>
      <Text size="sm" className="c32-dim">
        {run.data.environment} · {run.data.trigger.kind} · <Moment at={run.data.created_at} /> ·{" "}
        {duration(run.data.duration_ms)} · {runTexts.attempts}: {run.data.attempt}
      </Text>
      {run.data.waiting_for && <WaitNote run={run.data} wait={run.data.waiting_for} />}
      {run.data.parent_run_id && (
        <Text size="sm">
          {runTexts.calledBy}{" "}
          <Link className="c32-link" to="/runs/$runId" params={{ runId: run.data.parent_run_id }}>
            {run.data.parent_run_id}
          </Link>
        </Text>
      )}
      {run.data.error && <Failure run={run.data} />}
      {run.data.output !== null && run.data.output !== undefined && (
        <section>
          <Title order={2} size="h3">
            {runTexts.output}
          </Title>
          <Code block>{JSON.stringify(run.data.output, null, 2)}</Code>
        </section>
      )}
      {run.data.files.length > 0 && <Files run={run.data} />}
      <Title order={2} size="h3">
        {runTexts.log}
      </Title>
      <LogView key={runId} runId={runId} />
    </Stack>
  );
}

function Failure({ run }: { run: Run }) {
  return (
    <Alert color="red" title={runTexts.error}>
      <Text size="sm">
        <code>{run.error?.code}</code> {run.error?.detail}
      </Text>
      {run.next_steps.map((step) => (
        <Text size="sm" key={step}>
          {step}
        </Text>
      ))}
    </Alert>
  );
}

function Files({ run }: { run: Run }) {
  return (
    <section>
      <Title order={2} size="h3">
        {runTexts.files}
      </Title>
      {run.files.map((file) => (
        <Text key={file.name}>
          <a className="c32-link" download href={`/api/v1/runs/${run.id}/files/${encodeURIComponent(file.name)}`}>
            {file.name}
          </a>{" "}
          <span className="c32-dim">{file.size} bytes</span>
        </Text>
      ))}
    </section>
  );
}

function Actions({ run }: { run: Run }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const cancel = useMutation({
    mutationFn: () => call(`/runs/${run.id}/cancel`, { method: "POST", body: {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["run", run.id] }),
  });
  const again = useMutation({
    mutationFn: () => call<Run>(`/runs/${run.id}/retry`, { method: "POST", body: {} }),
    onSuccess: (next) => navigate({ to: "/runs/$runId", params: { runId: next.id } }),
  });
  return hasEnded(run.status) ? (
    <Button variant="default" loading={again.isPending} onClick={() => again.mutate()}>
      {runTexts.again}
    </Button>
  ) : (
    <Button color="red" variant="outline" loading={cancel.isPending} onClick={() => cancel.mutate()}>
      {runTexts.cancel}
    </Button>
  );
}
