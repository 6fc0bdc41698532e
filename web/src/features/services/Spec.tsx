import { Text } from "@mantine/core";

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
      <dl className="c32-pairs">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>{said(value)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
