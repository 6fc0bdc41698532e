import { Button, Group, Stack, Text, Textarea, VisuallyHidden } from "@mantine/core";
import { useState, type KeyboardEvent, type SyntheticEvent } from "react";

import { useMay } from "../../api/rights";
import { Moment } from "../../components/Moment";
import { ProblemNote } from "../../components/ProblemNote";
import { Words } from "../../components/Words";
import { session as texts } from "../../texts/builder";
import { Banner } from "./Banner";
import { answersIn, isOver, type Session } from "./documents";
import { Now } from "./Doing";
import type { Thought } from "./follow";
import { MicButton } from "./MicButton";
import { useSay } from "./queries";
import { Questions } from "./Questions";
import { StageList } from "./StageList";
import { Standing } from "./Standing";

interface Props {
  session: Session;
  thoughts: readonly Thought[];
  /** Both sides are one column: the stages are a line, and what is newest stands last, where the thumb is. */
  narrow: boolean;
}

/** The left side: where the work is, what was said, what is asked, and room to say more; the newest last. */
export function Conversation({ session, thoughts, narrow }: Props) {
  return (
    <section aria-label={texts.conversation} className="c32-conversation">
      <VisuallyHidden component="h2">{texts.conversation}</VisuallyHidden>
      <StageList session={session} thoughts={thoughts} short={narrow} />
      <Stack gap="sm">
        {session.messages.filter(isShown(session)).map((message) => (
          <Turn message={message} key={message.number} />
        ))}
      </Stack>
      {narrow && session.status === "working" && <Now session={session} thoughts={thoughts} />}
      {session.status === "asking" && <Questions session={session} key={session.messages.length} />}
      <Standing session={session} />
      {narrow && <Banner session={session} />}
      {!isOver(session) && <More session={session} />}
    </section>
  );
}

type Message = Session["messages"][number];

/** What is asked or refused now is shown with its form; here only what was said before it. */
function isShown(session: Session) {
  const last = session.messages.at(-1);
  const standing = session.status === "asking" || session.status === "refused";
  return (message: Message) => !(standing && message === last && message.role === "builder");
}

function Turn({ message }: { message: Message }) {
  const mine = message.role === "person";
  const answered = message.kind === "answered";
  const lines = answered ? answersIn(message.text) : [message.text];
  return (
    <div className="c32-bubble" data-role={message.role}>
      <Text size="xs" className="c32-dim">
        {mine ? texts.you : texts.builder}
        {answered && ` · ${texts.answered}`}
        {message.kind === "restated" && ` · ${texts.restated}`} · <Moment at={message.at} style="time" />
      </Text>
      {lines.map((line, index) => (
        <Text size="sm" className="c32-break c32-said" key={index}>
          {line === "" ? "\u00a0" : <Words text={line} />}
        </Text>
      ))}
    </div>
  );
}

function More({ session }: { session: Session }) {
  const may = useMay();
  const say = useSay(session.id);
  const [text, setText] = useState("");
  if (!may("builder:write")) return null;

  function send() {
    if (text.trim()) say.mutate({ text }, { onSuccess: () => setText("") });
  }

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    send();
  }

  function press(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
  }

  return (
    <form onSubmit={submit}>
      <Textarea
        label={texts.more}
        placeholder={texts.moreHint}
        autosize
        minRows={2}
        maxRows={8}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
      />
      <Group gap="xs" mt="xs">
        <Button type="submit" size="xs" variant="default" loading={say.isPending} disabled={!text.trim()}>
          {texts.send}
        </Button>
        <MicButton small onWords={(words) => setText((present) => (present ? `${present.trimEnd()} ${words}` : words))} />
      </Group>
      {say.error && <ProblemNote error={say.error} />}
    </form>
  );
}
