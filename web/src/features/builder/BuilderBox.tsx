import { Alert, Button, Group, List, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import type { Built, Question } from "../../api/types";
import { ProblemNote } from "../../components/ProblemNote";
import { builder as builderTexts } from "../../texts/builder";

type Answers = Record<string, string>;

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Describe → questions where the answer changes the bot → proven and published. */
export function BuilderBox() {
  const [text, setText] = useState("");
  const [answers, setAnswers] = useState<Answers>({});
  const client = useQueryClient();
  const build = useMutation({
    mutationFn: (given: Answers) =>
      call<Built>("/builder/bots", { method: "POST", body: { text, answers: given, timezone: zone() } }),
    onSuccess: (built) => {
      if (built.status === "published") void client.invalidateQueries({ queryKey: ["bots"] });
    },
  });

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    build.mutate(answers);
  }

  const asks = (build.data?.status === "needs_answers" && build.data.questions) || [];
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Textarea
          label={builderTexts.label}
          placeholder={builderTexts.placeholder}
          autosize
          minRows={2}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAnswers({});
            build.reset();
          }}
        />
        {asks.length > 0 && <Questions questions={asks} answers={answers} onChange={setAnswers} />}
        <Group>
          <Button type="submit" loading={build.isPending} disabled={!text.trim()}>
            {asks.length ? builderTexts.answer : builderTexts.build}
          </Button>
          {build.isPending && (
            <Text size="sm" role="status">
              {builderTexts.building}
            </Text>
          )}
        </Group>
        {build.error && <ProblemNote error={build.error} />}
        {build.data && <Result built={build.data} />}
      </Stack>
    </form>
  );
}

function Questions(props: { questions: Question[]; answers: Answers; onChange: (answers: Answers) => void }) {
  return (
    <Stack gap="xs">
      <Text>{builderTexts.questions}</Text>
      {props.questions.map((question) => {
        const value = props.answers[question.id] ?? question.default ?? "";
        const answer = (given: string) => props.onChange({ ...props.answers, [question.id]: given });
        return question.choices?.length ? (
          <Select
            key={question.id}
            label={question.text}
            data={question.choices}
            value={value}
            onChange={(given) => answer(given ?? "")}
          />
        ) : (
          <TextInput
            key={question.id}
            label={question.text}
            value={value}
            onChange={(event) => answer(event.currentTarget.value)}
          />
        );
      })}
    </Stack>
  );
}

function Result({ built }: { built: Built }) {
  if (built.status === "needs_answers") return null;
  const steps = built.understanding ?? [];
  const published = built.status === "published" && built.bot;
  return (
    <Alert color={published ? "green" : "yellow"} role="status">
      {published ? (
        <Link className="c32-link" to="/bots/$botId" params={{ botId: published.id }}>
          {builderTexts.published(published.name)}
        </Link>
      ) : (
        <Text size="sm">{built.reason ?? builderTexts.refused}</Text>
      )}
      {steps.length > 0 && (
        <List size="sm" mt="xs" aria-label={builderTexts.understood}>
          {steps.map((step) => (
            <List.Item key={step}>{step}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
