import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";

import { hasEnded, type Run } from "../../../api/types";
import { CopyButton } from "../../../components/CopyButton";
import { JsonView } from "../../../components/JsonView";
import { Pairs } from "../../../components/Pairs";
import { Section } from "../../../components/Section";
import { run as texts } from "../../../texts/runs";
import { pairsOf } from "./flat";

/** What `main` gave back: named values as a list, with the JSON a press away; everything else as JSON. As text, whatever it holds. */
export function Output({ run }: { run: Pick<Run, "output" | "status"> }) {
  const [raw, setRaw] = useState(false);
  const { output } = run;
  if (output === null || output === undefined) {
    return (
      <Section title={texts.output}>
        <Text size="sm" className="c32-dim">
          {hasEnded(run.status) ? texts.noOutput : texts.notYet}
        </Text>
      </Section>
    );
  }
  const pairs = pairsOf(output);
  const actions = (
    <Group gap="xs">
      {pairs && (
        <Button size="xs" variant="default" aria-pressed={raw} onClick={() => setRaw(!raw)}>
          {texts.asJson}
        </Button>
      )}
      <CopyButton text={typeof output === "string" ? output : JSON.stringify(output, null, 2)} />
    </Group>
  );
  return (
    <Section title={texts.output} actions={actions}>
      {pairs && !raw ? (
        <div role="group" aria-label={texts.output} className="c32-output">
          <Pairs rows={pairs} />
        </div>
      ) : (
        <JsonView value={output} label={texts.output} />
      )}
    </Section>
  );
}
