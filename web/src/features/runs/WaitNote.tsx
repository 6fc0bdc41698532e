import { Button, Card, Group, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import type { Run } from "../../api/types";
import { Moment } from "../../components/Moment";
import { ProblemNote } from "../../components/ProblemNote";
import { run as runTexts } from "../../texts/runs";

type Wait = NonNullable<Run["waiting_for"]>;

/** What a waiting run waits for; a question can be answered here. */
export function WaitNote({ run, wait }: { run: Run; wait: Wait }) {
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
      {wait.kind === "approval" && <Answer run={run} name={wait.name} />}
    </Card>
  );
}

function Answer({ run, name }: { run: Run; name: string }) {
  const may = useMay()("runs:write");
  const client = useQueryClient();
  const [comment, setComment] = useState("");
  const decide = useMutation({
    mutationFn: (decision: "approve" | "reject") =>
      call(`/runs/${run.id}/approvals/${encodeURIComponent(name)}`, {
        method: "POST",
        body: { decision, comment: comment || null },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ["run", run.id] }),
  });
  if (!may) return null;
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
        <Button loading={decide.isPending} onClick={() => decide.mutate("approve")}>
          {runTexts.wait.approve}
        </Button>
        <Button color="red" variant="outline" loading={decide.isPending} onClick={() => decide.mutate("reject")}>
          {runTexts.wait.reject}
        </Button>
      </Group>
      {decide.error && <ProblemNote error={decide.error} />}
    </>
  );
}
