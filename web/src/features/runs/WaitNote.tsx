import { Button, Card, Group, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import type { Run } from "../../api/types";
import { Moment } from "../../components/Moment";
import { Outcome } from "../../components/Outcome";
import { ProblemNote } from "../../components/ProblemNote";
import { run as runTexts } from "../../texts/runs";

type Wait = NonNullable<Run["waiting_for"]>;

/** What a waiting run waits for; a question can be answered here, and what was answered is said. */
export function WaitNote({ run }: { run: Run }) {
  const decide = useDecide(run.id);
  return (
    <>
      <Outcome text={decide.isSuccess && !run.waiting_for ? runTexts.wait.done[decide.variables.decision] : ""} />
      {run.waiting_for && <Waiting run={run} wait={run.waiting_for} decide={decide} />}
    </>
  );
}

function Waiting({ run, wait, decide }: { run: Run; wait: Wait; decide: Decide }) {
  return (
    <Card component="section" aria-label={runTexts.wait[wait.kind]} mb="sm" className="c32-wait">
      <Title order={2} size="h4">
        {runTexts.wait[wait.kind]}
      </Title>
      <Text size="sm" className="c32-break">
        {wait.kind !== "sleep" && <strong>{wait.name}</strong>} {wait.detail}
      </Text>
      {wait.until && (
        <Text size="sm">
          {runTexts.wait.until} <Moment at={wait.until} />
        </Text>
      )}
      {wait.run_id && (
        <Link className="c32-link" to="/runs/$runId" params={{ runId: wait.run_id }}>
          {wait.run_id}
        </Link>
      )}
      {wait.kind === "approval" && <Answer name={wait.name} decide={decide} key={`${run.id} ${wait.name}`} />}
    </Card>
  );
}

interface Answered {
  name: string;
  decision: "approve" | "reject";
  comment: string;
}

type Decide = ReturnType<typeof useDecide>;

function useDecide(runId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, decision, comment }: Answered) =>
      call(`/runs/${runId}/approvals/${encodeURIComponent(name)}`, { method: "POST", body: { decision, comment: comment || null } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["run", runId] }),
  });
}

function Answer({ name, decide }: { name: string; decide: Decide }) {
  const may = useMay()("runs:write");
  const [comment, setComment] = useState("");
  if (!may) return null;
  const does = (decision: Answered["decision"]) => ({
    loading: decide.isPending && decide.variables.decision === decision,
    disabled: decide.isPending && decide.variables.decision !== decision,
    onClick: () => decide.mutate({ name, decision, comment }),
  });
  return (
    <>
      <TextInput
        mt="xs"
        maw="32rem"
        label={runTexts.wait.comment}
        value={comment}
        maxLength={2000}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <Group mt="sm">
        <Button {...does("approve")}>
          {runTexts.wait.approve}
        </Button>
        <Button color="red" variant="outline" {...does("reject")}>
          {runTexts.wait.reject}
        </Button>
      </Group>
      {decide.error && <ProblemNote error={decide.error} />}
    </>
  );
}
