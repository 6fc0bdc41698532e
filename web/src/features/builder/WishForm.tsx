import { Button, Card, Collapse, Group, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ChevronDown, Sparkles } from "lucide-react";
import { useState, type KeyboardEvent, type SyntheticEvent } from "react";

import { useMay } from "../../api/rights";
import { ProblemNote } from "../../components/ProblemNote";
import { builder } from "../../texts/builder";
import { useBegin } from "./begin";
import { MicButton } from "./MicButton";
import { asked, nameFits, noOptions } from "./options";
import { WishOptions } from "./WishOptions";

const { start: texts } = builder;

interface Props {
  /** Words to begin with, from the address. */
  say: string;
  engine?: string | undefined;
  /** Id or name of the bot that is to be changed. */
  bot?: string | undefined;
}

/** The box in which a bot, or the change of one, is described by typing or by voice. */
export function WishForm({ say, engine, bot }: Props) {
  const may = useMay();
  const begin = useBegin();
  const [text, setText] = useState(say);
  const [options, setOptions] = useState(() => noOptions(engine));
  const [opened, { toggle }] = useDisclosure(engine !== undefined);
  const ready = text.trim() !== "" && nameFits(options.name) && may("builder:write");

  function build() {
    if (ready) begin.mutate({ wish: { text, ...(bot ? { bot } : {}), ...asked(options) }, files: options.files });
  }

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    build();
  }

  function press(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) build();
  }

  return (
    <Card component="form" onSubmit={submit}>
      <Stack gap="sm">
        <Textarea
          label={bot ? texts.labelChange : texts.label}
          placeholder={bot ? texts.placeholderChange : texts.placeholder}
          autosize
          minRows={bot ? 2 : 3}
          maxRows={12}
          size="md"
          data-autofocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={press}
        />
        <Group justify="space-between">
          <Group gap="xs">
            <Button type="submit" loading={begin.isPending} disabled={!ready} leftSection={<Sparkles size={16} aria-hidden />}>
              {bot ? texts.buildChange : texts.build}
            </Button>
            <MicButton onWords={(words) => setText((present) => (present ? `${present.trimEnd()} ${words}` : words))} />
          </Group>
          <Button
            variant="subtle"
            color="gray"
            aria-expanded={opened}
            rightSection={<ChevronDown size={16} aria-hidden className="c32-turn" data-open={opened || undefined} />}
            onClick={toggle}
          >
            {builder.options.title}
          </Button>
        </Group>
        {!may("builder:write") && (
          <Text size="sm" className="c32-dim">
            {texts.may}
          </Text>
        )}
        <Collapse expanded={opened}>
          <WishOptions value={options} onChange={setOptions} change={bot !== undefined} />
        </Collapse>
        {begin.error && <ProblemNote error={begin.error} />}
      </Stack>
    </Card>
  );
}
