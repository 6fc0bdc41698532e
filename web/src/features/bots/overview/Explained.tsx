import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Answered } from "../../../components/Answered";
import { overview as texts } from "../../../texts/bots";
import * as queries from "../queries";

/** A bot in plain words: what it does, what starts it, what it takes, gives and may touch. */
export function Explained({ botRef }: { botRef: string }) {
  const found = useQuery(queries.explanation(botRef));
  return (
    <Answered query={found} rows={4} height={24}>
      {(said) => (
        <div className="c32-explained">
          <Text>{said.summary}</Text>
          {said.steps && said.steps.length > 0 && (
            <ol>
              {said.steps.map((step, index) => (
                <li key={index}>{step}</li>
              ))}
            </ol>
          )}
          <Lines title={texts.starts} lines={said.starts} />
          <Lines title={texts.takes} lines={said.takes} />
          <Lines title={texts.gives} lines={said.gives} />
          <Lines title={texts.touches} lines={said.touches?.length ? said.touches : [texts.touchesNothing]} />
          {said.by === "models" && (
            <Text size="xs" className="c32-dim">
              {texts.byModel}
            </Text>
          )}
        </div>
      )}
    </Answered>
  );
}

function Lines({ title, lines = [] }: { title: string; lines?: readonly string[] | undefined }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {lines.map((line, index) => (
          <li key={index}>{line}</li>
        ))}
      </ul>
    </>
  );
}
