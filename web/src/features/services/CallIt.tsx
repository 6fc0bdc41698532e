import { Code, Group, Stack, Text } from "@mantine/core";

import { CopyButton } from "../../components/CopyButton";
import { Section } from "../../components/Section";
import { service as texts } from "../../texts/services";

/** How programs reach it, ready to be copied. */
export function CallIt({ path, open }: { path: string; open: boolean }) {
  const url = `${location.origin}${path}`;
  const command = open ? `curl ${url}` : `curl -H "Authorization: Bearer $CODEX32_API_KEY" ${url}`;
  return (
    <Section title={texts.call} actions={<CopyButton text={command} />}>
      <Stack gap="xs">
        <Text size="sm">{open ? texts.callPublic : texts.callText}</Text>
        <Code block className="c32-code" tabIndex={0} role="group" aria-label={texts.call}>
          {command}
        </Code>
        <Group gap="xs">
          <Text size="sm" className="c32-dim">
            {texts.address}
          </Text>
          <Code className="c32-break">{url}</Code>
        </Group>
      </Stack>
    </Section>
  );
}
