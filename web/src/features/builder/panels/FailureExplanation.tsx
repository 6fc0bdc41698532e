import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { useMay } from "../../../api/rights";
import { Answered } from "../../../components/Answered";
import { Words } from "../../../components/Words";
import { panels } from "../../../texts/panels";
import "../builder.css";
import { Lines } from "../Lines";
import * as queries from "./queries";

const { failure: texts } = panels;

/** Why a run failed, where in the bot, and what to do; from its error and its log, no model is asked. */
export function FailureExplanation({ botId, runId }: { botId: string; runId: string }) {
  const query = useQuery(queries.failure(botId, runId));
  const may = useMay();
  return (
    <section aria-label={texts.title}>
      <Answered query={query} rows={2}>
        {({ summary, cause, where, steps }) => (
          <Stack gap="sm">
            <Text className="c32-break">
              <Words text={summary} />
            </Text>
            <Text size="sm" className="c32-break">
              <b>{texts.cause}: </b>
              <Words text={cause} />
            </Text>
            {where && (
              <Text size="sm" className="c32-break">
                <b>{texts.where}: </b>
                <code>{where}</code>
              </Text>
            )}
            <Lines title={texts.steps} items={steps} ordered />
            {may("builder:write") && (
              <Group>
                <Button
                  size="xs"
                  variant="default"
                  renderRoot={(props) => <Link to="/build" search={{ bot: botId, say: texts.mendWords(summary) }} {...props} />}
                >
                  {texts.mend}
                </Button>
              </Group>
            )}
          </Stack>
        )}
      </Answered>
    </section>
  );
}
