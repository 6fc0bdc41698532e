import { Code, Group } from "@mantine/core";

import { CopyButton } from "../../components/CopyButton";
import { Pairs } from "../../components/Pairs";
import { Section } from "../../components/Section";
import { triggers } from "../../texts/triggers";
import { webhook as texts, webhookForm, webhooks as listTexts } from "../../texts/webhooks";
import type { Webhook } from "./queries";

export function WebhookFacts({ one, who }: { one: Webhook; who: string }) {
  const answer = listTexts.answer[one.answer] ?? one.answer;
  const rows: [string, string][] = [
    [texts.factNames.auth, who],
    [texts.factNames.answer, one.answer === "sync" ? `${answer} (${texts.seconds(one.timeout)})` : answer],
    [texts.factNames.methods, one.methods.join(", ")],
    [texts.factNames.payload, webhookForm.payloads[one.payload]],
    [texts.factNames.repeats, one.delivery_id ?? "webhook-id"],
    [texts.factNames.environment, one.environment ?? texts.standardEnvironment],
    [texts.factNames.origin, triggers.origin[one.origin] ?? one.origin],
  ];
  if (Object.keys((one.input ?? {})).length > 0) rows.push([texts.factNames.input, JSON.stringify(one.input)]);
  return (
    <Section title={texts.facts}>
      <Group gap="xs" mb="xs">
        <Code className="c32-break">{one.url}</Code>
        <CopyButton text={one.url} size="compact-sm" />
      </Group>
      <Pairs rows={rows} />
      {one.origin === "manifest" && <p className="c32-dim c32-small">{texts.inManifest}</p>}
    </Section>
  );
}
