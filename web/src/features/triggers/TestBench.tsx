import { Button, Group, JsonInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import * as queries from "../../api/queries";
import { useMay } from "../../api/rights";
import { hasEnded, type Schemas } from "../../api/types";
import { Answered } from "../../components/Answered";
import { JsonView } from "../../components/JsonView";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { duration } from "../../format/duration";
import { triggers } from "../../texts/triggers";
import { webhook as texts } from "../../texts/webhooks";
import type { Webhook } from "./queries";

/** A delivery by hand, and what its run answers. */
export function TestBench({ hook, example }: { hook: Webhook; example: string | undefined }) {
  const client = useQueryClient();
  const may = useMay()("webhooks:write");
  const [body, setBody] = useState("{}");
  const [query, setQuery] = useState("");
  const send = useMutation({
    mutationFn: () => call<Schemas["TrialView"]>(`/webhooks/${hook.id}/test`, { method: "POST", body: { body: parsed(body)?.value, query } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["webhooks", "deliveries", hook.id] }),
  });

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    send.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Text size="sm" className="c32-dim">
          {may ? texts.test.about : triggers.mayNot}
        </Text>
        <JsonInput
          label={texts.test.body}
          autosize
          minRows={4}
          maxRows={14}
          spellCheck={false}
          value={body}
          onChange={setBody}
          error={parsed(body) === null && texts.test.bad}
        />
        {(hook.payload === "request" || hook.methods.includes("GET")) && (
          <TextInput label={texts.test.query} description={texts.test.queryHint} value={query} onChange={(event) => setQuery(event.currentTarget.value)} />
        )}
        <Group gap="xs">
          <Button type="submit" disabled={!may || parsed(body) === null} loading={send.isPending}>
            {texts.test.send}
          </Button>
          {example && (
            <Button variant="default" onClick={() => setBody(example)}>
              {texts.test.example}
            </Button>
          )}
        </Group>
        {send.error && <ProblemNote error={send.error} />}
        {send.data && <Outcome runId={send.data.run_id} />}
      </Stack>
    </form>
  );
}

/** null: it is not JSON. Nothing typed is no body. */
function parsed(text: string): { value: unknown } | null {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

function Outcome({ runId }: { runId: string }) {
  const run = useQuery(queries.run(runId));
  return (
    <section aria-label={texts.test.answer} aria-live="polite">
      <Answered query={run} rows={1}>
        {(one) => (
          <Stack gap="xs">
            <Group gap="xs">
              <StatusBadge status={one.status} />
              <Text size="sm" className="c32-dim">
                {hasEnded(one.status) ? duration(one.duration_ms) : texts.test.running}
              </Text>
              <Link className="c32-link" to="/runs/$runId" params={{ runId }}>
                {texts.test.open}
              </Link>
            </Group>
            {one.error && (
              <Text size="sm" c="var(--c32-bad)" className="c32-break">
                {one.error.detail}
              </Text>
            )}
            {one.status === "succeeded" && <JsonView value={one.output} label={texts.test.output} />}
          </Stack>
        )}
      </Answered>
    </section>
  );
}
