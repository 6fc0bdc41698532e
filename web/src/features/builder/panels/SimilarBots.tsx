import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Answered } from "../../../components/Answered";
import { Section } from "../../../components/Section";
import { percent } from "../../../format/size";
import { panels } from "../../../texts/panels";
import "../builder.css";
import * as queries from "./queries";

const { similar: texts } = panels;

/** Bots that do nearly the same, most alike first. */
export function SimilarBots({ botId }: { botId: string }) {
  const query = useQuery(queries.similar(botId));
  return (
    <Section title={texts.title}>
      <Answered query={query} rows={2}>
        {({ by, items }) =>
          items.length === 0 ? (
            <Text size="sm" className="c32-dim">
              {texts.none}
            </Text>
          ) : (
            <>
              <ul className="c32-rows">
                {items.map(({ bot, score }) => (
                  <li key={bot.id}>
                    <div className="c32-between">
                      <Link to="/bots/$botId" params={{ botId: bot.id }} className="c32-link">
                        {bot.name}
                      </Link>
                      {by === "meaning" && (
                        <Text size="sm" className="c32-dim">
                          {texts.alike(percent(score))}
                        </Text>
                      )}
                    </div>
                    <Text size="sm" className="c32-dim" lineClamp={2}>
                      {bot.description}
                    </Text>
                  </li>
                ))}
              </ul>
              <Text size="xs" mt="xs" className="c32-dim">
                {texts.by[by]}
              </Text>
            </>
          )
        }
      </Answered>
    </Section>
  );
}
