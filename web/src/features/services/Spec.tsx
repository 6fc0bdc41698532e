import { Text } from "@mantine/core";

import { Pairs } from "../../components/Pairs";
import { Section } from "../../components/Section";
import { service as texts } from "../../texts/services";
import { said } from "./happenings";

/** The `service` table of the manifest with its defaults. */
export function Spec({ spec }: { spec: Record<string, unknown> }) {
  const entries = Object.entries(spec).filter(([, value]) => value !== null);
  return (
    <Section title={texts.settings}>
      <Text size="sm" className="c32-dim" mb="xs">
        {texts.settingsText}
      </Text>
      <Pairs rows={entries.map(([name, value]) => [name.replaceAll("_", " "), said(value)])} />
    </Section>
  );
}
