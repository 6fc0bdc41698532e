import { Alert, Code, Group, Text } from "@mantine/core";

import { CopyButton } from "../../components/CopyButton";
import { useReady } from "../../components/useReady";
import { webhook as texts } from "../../texts/webhooks";

/** A secret while it is shown, which is once. */
export function ShownSecret({ secret }: { secret: string | null }) {
  const place = useReady<HTMLDivElement>("button");
  if (!secret) return <Text size="sm">{texts.secret.none}</Text>;
  return (
    <Alert ref={place} color="yellow" role="status" title={texts.secret.yours}>
      <Group gap="xs" mb="xs">
        <Code className="c32-break">{secret}</Code>
        <CopyButton text={secret} size="compact-sm" />
      </Group>
      <Text size="sm">{texts.secret.once}</Text>
    </Alert>
  );
}
