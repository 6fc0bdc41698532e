import { Code, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { CopyButton } from "../../components/CopyButton";
import { useAddress } from "../../components/useAddress";
import { webhook as texts } from "../../texts/webhooks";
import type { Webhook } from "./queries";
import { curl, python } from "./snippets";

const LANGUAGES = [
  { value: "curl", label: texts.call.curl },
  { value: "python", label: texts.call.python },
];
const BODY = '{"n": 4}';

/** `example`: a body that fits the bot's input, if it is known. */
export function CallIt({ hook, example }: { hook: Webhook; example: string | undefined }) {
  const [address, change] = useAddress();
  const language = address.in === "python" ? "python" : "curl";
  const body = example?.replace(/\n\s*/g, " ") ?? BODY;
  const text = language === "python" ? python(hook, body) : curl(hook, body);
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={texts.call.language}
          data={LANGUAGES}
          value={language}
          onChange={(value) => change({ in: value === "curl" ? "" : value })}
        />
        <CopyButton text={text} />
      </Group>
      <Code block className="c32-code" tabIndex={0} role="group" aria-label={texts.call[language]}>
        {text}
      </Code>
      <Text size="sm" className="c32-dim c32-sentence">
        {texts.call.note[hook.auth]}{" "}
        <Link className="c32-link" to="/guides/$guide" params={{ guide: "webhooks" }}>
          {texts.call.guide}
        </Link>
      </Text>
    </Stack>
  );
}
