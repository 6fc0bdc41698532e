import { Button, Card, Code, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Sparkles } from "lucide-react";
import { useId, useState, type KeyboardEvent, type SyntheticEvent } from "react";

import { useMay } from "../../api/rights";
import { ProblemNote } from "../../components/ProblemNote";
import { first as texts } from "../../texts/home";
import { useBegin } from "../builder/begin";

/** The box from which the first bot comes: typed words are built at once, an example is shown in the builder first. */
export function FirstBot() {
  const id = useId();
  const may = useMay()("bots:write");
  const navigate = useNavigate();
  const [words, setWords] = useState("");
  const begin = useBegin();
  const take = (say: string) => void navigate({ to: "/build", search: { say } });

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    if (words.trim()) begin.mutate({ wish: { text: words.trim() } });
  }

  function press(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
  }

  if (!may) return <Text className="c32-dim">{texts.mayNot}</Text>;
  return (
    <Card component="section" aria-labelledby={id} padding="lg" className="c32-first">
      <Title order={2} id={id}>
        {texts.title}
      </Title>
      <Text className="c32-dim" mb="sm">
        {texts.about}
      </Text>
      <form onSubmit={submit}>
        <Textarea
          aria-label={texts.label}
          placeholder={texts.placeholder}
          autosize
          minRows={3}
          size="md"
          data-autofocus
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          onKeyDown={press}
        />
        <Button type="submit" mt="sm" leftSection={<Sparkles size={16} aria-hidden />} loading={begin.isPending} disabled={!words.trim()}>
          {texts.build}
        </Button>
        {begin.error && <ProblemNote error={begin.error} />}
      </form>
      <Title order={3} mt="lg" mb="xs">
        {texts.examples}
      </Title>
      <div className="c32-sentences">
        {texts.sentences.map(({ label, note, say }) => (
          <button type="button" key={say} onClick={() => take(say)}>
            <Group justify="space-between" gap="xs">
              <b>{label}</b>
              <span className="c32-dim c32-note">{note}</span>
            </Group>
            <span>{say}</span>
          </button>
        ))}
      </div>
      <Stack mt="md">
        <Text size="sm" className="c32-dim">
          {texts.deploy}
          <Code>{texts.deployCommand}</Code>
        </Text>
      </Stack>
    </Card>
  );
}
