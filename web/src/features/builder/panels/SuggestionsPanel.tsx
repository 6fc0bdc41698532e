import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";

import { call } from "../../../api/client";
import { useMay } from "../../../api/rights";
import type { Schemas } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { ProblemNote } from "../../../components/ProblemNote";
import { Section } from "../../../components/Section";
import { Words } from "../../../components/Words";
import { panels } from "../../../texts/panels";
import "../builder.css";
import * as queries from "./queries";

const { suggestions: texts } = panels;
type Suggestion = Schemas["Suggestion"];

/** What would make a bot better, each with what was seen; one click makes a proposal or begins the change. */
export function SuggestionsPanel({ botId }: { botId: string }) {
  const query = useQuery(queries.suggestions(botId));
  return (
    <Section title={texts.title}>
      <Answered query={query} rows={2} height={64}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" className="c32-dim">
              {texts.none} {texts.looked}
            </Text>
          ) : (
            <ul className="c32-rows">
              {items.map((one) => (
                <SuggestionRow botId={botId} suggestion={one} key={one.id} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  );
}

function SuggestionRow({ botId, suggestion }: { botId: string; suggestion: Suggestion }) {
  return (
    <li>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} className="c32-grow">
          <Group gap="xs">
            <Badge variant="default" size="sm" tt="none">
              {texts.kinds[suggestion.kind] ?? suggestion.kind}
            </Badge>
            <Text fw={600} size="sm" component="h3">
              {suggestion.title}
            </Text>
          </Group>
          <Text size="sm">
            <Words text={suggestion.why} />
          </Text>
          {suggestion.wish && (
            <Text size="sm" className="c32-dim c32-break">
              {texts.wish(suggestion.wish)}
            </Text>
          )}
          <Text size="xs" className="c32-dim">
            {texts.impact[suggestion.impact]} · {texts.effort[suggestion.effort]}
          </Text>
        </Stack>
        <Take botId={botId} suggestion={suggestion} />
      </Group>
    </li>
  );
}

function Take({ botId, suggestion }: { botId: string; suggestion: Suggestion }) {
  const may = useMay();
  const client = useQueryClient();
  const navigate = useNavigate();
  const take = useMutation({
    mutationFn: () =>
      call<Schemas["TakenSuggestion"]>(`/bots/${botId}/suggestions/${encodeURIComponent(suggestion.id)}`, { method: "POST" }),
    onSuccess: async (taken) => {
      void client.invalidateQueries({ queryKey: ["proposals"] });
      void client.invalidateQueries({ queryKey: ["builder"] });
      if (taken.proposal_id) await navigate({ to: "/proposals/$proposalId", params: { proposalId: taken.proposal_id } });
      else if (taken.session_id) await navigate({ to: "/build/$sessionId", params: { sessionId: taken.session_id } });
    },
  });
  if (!suggestion.change && !suggestion.wish) {
    if (!suggestion.bot) return null;
    return (
      <Button size="xs" variant="default" renderRoot={(props) => <Link to="/bots/$botId" params={{ botId: suggestion.bot ?? "" }} {...props} />}>
        {texts.open(suggestion.bot)}
      </Button>
    );
  }
  const allowed = may("proposals:write") && may("builder:write");
  return (
    <>
      {allowed && (
        <Button size="xs" variant="default" loading={take.isPending} onClick={() => take.mutate()}>
          {suggestion.change ? texts.propose : texts.begin}
        </Button>
      )}
      {take.error && <ProblemNote error={take.error} />}
    </>
  );
}
