import { Alert, Button, Group, Pill, SegmentedControl, Select, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Sparkles } from "lucide-react";
import { useState } from "react";

import { ApiError } from "../../api/client";
import { ConfirmButton } from "../../components/ConfirmButton";
import { CopyButton } from "../../components/CopyButton";
import { EmptyState } from "../../components/EmptyState";
import { Meter } from "../../components/Meter";
import { Moment } from "../../components/Moment";
import { OpenForm } from "../../components/OpenForm";
import { Outcome } from "../../components/Outcome";
import { ProblemNote } from "../../components/ProblemNote";
import { SearchField } from "../../components/SearchField";
import { Section } from "../../components/Section";
import { Stat } from "../../components/Stat";
import { StatusBadge } from "../../components/StatusBadge";
import { Waiting } from "../../components/Waiting";
import { money } from "../../format/money";
import { design } from "../../texts/design";

const { sections, words } = design;
const STATES = ["queued", "running", "waiting", "succeeded", "failed", "timed_out", "cancelled", "proven", "unproven", "paused", "quarantined"];
const BROKEN = new ApiError({ code: "sample", title: words.problem, detail: words.problem, status: 400, next_step: words.next });

export function StateSamples() {
  return (
    <Section title={sections.states}>
      <Group gap="xs">
        {STATES.map((state) => (
          <StatusBadge status={state} key={state} />
        ))}
      </Group>
    </Section>
  );
}

export function NumberSamples() {
  return (
    <Section title={sections.numbers}>
      <Stack>
        <div className="c32-tiles">
          <Stat label={words.succeeded} value="1,204" hint="99.2 %" to="/runs" search={{ status: "succeeded" }} />
          <Stat label={words.failed} value="9" hint="0.7 %" to="/runs" search={{ status: "failed" }} />
          <Stat label={words.budget} value={money("12.5")} />
        </div>
        <Meter label={words.budget} share={0.42} />
        <Meter label={words.budget} share={0.86} />
        <Meter label={words.budget} share={1} />
        <Text size="sm">
          <Moment at="2026-01-31T09:00:00Z" /> · <Moment at="2026-01-31T09:00:00Z" style="short" /> · <Moment at="2026-01-31T09:00:00Z" style="relative" />
        </Text>
      </Stack>
    </Section>
  );
}

export function ActionSamples() {
  return (
    <Section title={sections.actions}>
      <Group gap="xs">
        <Button leftSection={<Sparkles size={16} aria-hidden />} onClick={() => notifications.show({ message: words.success })}>
          {words.save}
        </Button>
        <Button variant="default">{words.other}</Button>
        <Button variant="light">{words.other}</Button>
        <Button disabled>{words.other}</Button>
        <Button loading>{words.other}</Button>
        <CopyButton text={words.name} />
        <OpenForm label={words.form} variant="default">
          {() => words.formText}
        </OpenForm>
        <ConfirmButton label={words.danger} title={words.title} action={words.danger} word={words.file} onConfirm={() => Promise.resolve()}>
          {words.text}
        </ConfirmButton>
      </Group>
    </Section>
  );
}

export function FieldSamples() {
  return (
    <Section title={sections.fields}>
      <Stack maw="28rem">
        <SearchField label={words.search} value="" onSearch={() => undefined} />
        <TextInput label={words.name} description={words.hint} />
        <TextInput label={`${words.name} 2`} error={words.wrong} />
        <Textarea label={words.text} autosize minRows={2} />
        <Select label={words.other} data={STATES} defaultValue="queued" />
        <Switch label={words.other} defaultChecked />
        <SegmentedControl aria-label={words.other} data={[words.succeeded, words.failed]} />
        <Pill w="fit-content">{words.other}</Pill>
      </Stack>
    </Section>
  );
}

export function FeedbackSamples() {
  const [outcome, setOutcome] = useState("");
  return (
    <Section title={sections.feedback}>
      <Stack>
        <Outcome text={outcome} />
        {outcome === "" && (
          <div>
            <Button variant="default" onClick={() => setOutcome(words.outcome)}>
              {words.does}
            </Button>
          </div>
        )}
        <Alert color="blue" title={words.hint} />
        <Alert color="yellow" title={words.hint} />
        <ProblemNote error={BROKEN} onRetry={() => undefined} />
        <Waiting rows={2} />
        <EmptyState icon={Sparkles} title={words.empty} action={<Button variant="light">{words.save}</Button>}>
          {words.emptyText}
        </EmptyState>
      </Stack>
    </Section>
  );
}
