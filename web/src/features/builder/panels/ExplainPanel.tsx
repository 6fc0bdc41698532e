import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Schemas } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { Section } from "../../../components/Section";
import { panels } from "../../../texts/panels";
import "../builder.css";
import { Lines } from "../Lines";
import * as queries from "./queries";

const { explain: texts } = panels;

/** What a bot does, when, with what, and what it may touch: read from its files, no model is asked. */
export function ExplainPanel({ botId }: { botId: string }) {
  const query = useQuery(queries.explanation(botId));
  return (
    <Section title={texts.title}>
      <Answered query={query} rows={3}>
        {(explanation) => <Explained explanation={explanation} />}
      </Answered>
    </Section>
  );
}

function Explained({ explanation }: { explanation: Schemas["Explanation"] }) {
  return (
    <>
      <Text mb="sm">{explanation.summary}</Text>
      <div className="c32-fact-columns">
        <Lines title={texts.steps} items={explanation.steps} ordered />
        <Lines title={texts.starts} items={explanation.starts} />
        <Lines title={texts.takes} items={explanation.takes} />
        <Lines title={texts.gives} items={explanation.gives} />
        <Lines title={texts.touches} items={explanation.touches} />
      </div>
      {explanation.by === "models" && (
        <Text size="xs" mt="sm" className="c32-dim">
          {texts.byModel}
        </Text>
      )}
    </>
  );
}
