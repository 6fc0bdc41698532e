import { Button, Checkbox, Group, NumberInput, Radio, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState, type KeyboardEvent, type SyntheticEvent } from "react";

import { useMay } from "../../api/rights";
import type { Question } from "../../api/types";
import { ProblemNote } from "../../components/ProblemNote";
import { useReady } from "../../components/useReady";
import { builder, session as texts } from "../../texts/builder";
import type { Session } from "./documents";
import { useSay } from "./queries";

/** Up to so many choices are all shown. */
const SHOWN_CHOICES = 5;

/** What only the person can say, with the usual answers filled in. */
export function Questions({ session }: { session: Session }) {
  const may = useMay();
  const say = useSay(session.id);
  const [given, setGiven] = useState<Record<string, string>>({});
  const [defaults, setDefaults] = useState(false);
  const place = useReady<HTMLFormElement>("input, textarea");
  const { questions } = session;
  const answers = Object.fromEntries(questions.map((one) => [one.id, given[one.id] ?? one.default ?? ""]));

  const left = questions.filter((one) => one.optional);

  function send(answers: Record<string, string>) {
    if (may("builder:write") && !say.isPending) say.mutate({ answers, ...(defaults ? { assume_defaults: true } : {}) });
  }

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    send(answers);
  }

  return (
    <form onSubmit={submit} className="c32-turn-card" data-tone="warn" ref={place}>
      <Stack gap="sm">
        <Text fw={600} component="h3" size="sm">
          {texts.questions.title}
        </Text>
        {questions.map((question) => (
          <Answer
            question={question}
            value={answers[question.id] ?? ""}
            onChange={(value) => setGiven({ ...given, [question.id]: value })}
            onSend={() => send(answers)}
            key={question.id}
          />
        ))}
        {questions.some((one) => one.default) && (
          <Checkbox size="sm" label={texts.questions.defaults} checked={defaults} onChange={(event) => setDefaults(event.currentTarget.checked)} />
        )}
        {!may("builder:write") && <Text size="sm">{builder.start.may}</Text>}
        <Group gap="xs">
          <Button type="submit" loading={say.isPending} disabled={!may("builder:write")}>
            {texts.questions.go}
          </Button>
          {left.length > 0 && (
            <Button
              variant="default"
              disabled={say.isPending || !may("builder:write")}
              onClick={() => send({ ...answers, ...Object.fromEntries(left.map(({ id }) => [id, ""])) })}
            >
              {questions.length === 1 ? texts.questions.leave : texts.questions.leaveWords(left.map(({ about }) => `“${about}”`))}
            </Button>
          )}
        </Group>
        {say.error && <ProblemNote error={say.error} />}
      </Stack>
    </form>
  );
}

interface AnswerProps {
  question: Question;
  value: string;
  onChange: (value: string) => void;
  onSend: () => void;
}

export function Answer({ question, value, onChange, onSend }: AnswerProps) {
  const { text, kind, about } = question;
  const choices = question.choices ?? [];
  const description = about && !text.includes(about) ? texts.questions.about(about) : undefined;
  const shared = { label: text, description };
  if (choices.length > SHOWN_CHOICES) {
    return <Select {...shared} data={choices} value={value || null} allowDeselect={false} searchable onChange={(chosen) => onChange(chosen ?? "")} />;
  }
  if (choices.length > 0) {
    return (
      <Radio.Group {...shared} value={value} onChange={onChange}>
        <Stack gap={6} mt={6}>
          {choices.map((choice) => (
            <Radio value={choice} label={choice} key={choice} />
          ))}
        </Stack>
      </Radio.Group>
    );
  }
  if (kind === "number" && (value === "" || !Number.isNaN(Number(value)))) {
    return <NumberInput {...shared} value={value} onChange={(number) => onChange(String(number))} />;
  }
  const said = { ...shared, value, onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value) };
  if (kind !== "text") return <TextInput {...said} placeholder={kind === "time" ? "09:00" : undefined} />;
  // Enter sends, as in a line; an answer may need several.
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onSend();
  };
  return <Textarea {...said} autosize minRows={1} maxRows={8} onKeyDown={press} />;
}
