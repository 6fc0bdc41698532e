import { List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { useMay } from "../../api/rights";
import { Answered } from "../../components/Answered";
import { Moment } from "../../components/Moment";
import { PageHead } from "../../components/PageHead";
import { Pairs } from "../../components/Pairs";
import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import { useLookedAt } from "../../components/useLookedAt";
import { duration } from "../../format/duration";
import { incident as texts, incidents as listTexts } from "../../texts/incidents";
import { incident, type Detail, type Incident } from "./queries";
import { ResolveForm } from "./ResolveForm";
import { Story } from "./Story";

export function IncidentPage() {
  const { incidentId } = useParams({ from: "/shell/incidents/$incidentId" });
  const found = useQuery(incident(incidentId));
  useLookedAt(found.data && { path: `/incidents/${incidentId}`, kind: "incident", name: titleOf(found.data), at: found.data.opened_at });
  return (
    <>
      <Head one={found.data} />
      <Answered query={found}>{(one) => <Body one={one} />}</Answered>
    </>
  );
}

function titleOf(one: Incident): string {
  const kind = texts.kinds[one.kind] ?? one.kind;
  return one.bot_name ? `${kind}: ${one.bot_name}` : kind;
}

function Head({ one }: { one: Incident | undefined }) {
  return (
    <PageHead
      title={one ? titleOf(one) : listTexts.title}
      above={
        <Link className="c32-link" to="/incidents">
          {listTexts.title}
        </Link>
      }
      badge={one && <StatusBadge status={one.resolved_at ? "resolved" : "open"} />}
      about={one && <span className="c32-break">{one.message}</span>}
    />
  );
}

function Body({ one }: { one: Detail }) {
  const may = useMay()("services:write");
  const todo = texts.todo[one.kind];
  return (
    <div className="c32-columns">
      <Section title={texts.timeline}>
        <Story entries={one.timeline} />
      </Section>
      <Stack>
        {!one.resolved_at && todo && (
          <Section title={texts.todoTitle}>
            <List size="sm" spacing={4}>
              {todo.map((step) => (
                <List.Item key={step}>{step}</List.Item>
              ))}
            </List>
          </Section>
        )}
        {!one.resolved_at && (
          <Section title={texts.resolveTitle}>
            {may ? <ResolveForm ids={[one.id]} /> : <Text className="c32-dim">{texts.mayNot}</Text>}
          </Section>
        )}
        <Facts one={one} />
      </Stack>
    </div>
  );
}

/** Links to what it is about, and its times. */
function Facts({ one }: { one: Incident }) {
  const run = one.data.run_id;
  const lasted = one.resolved_at ? Date.parse(one.resolved_at) - Date.parse(one.opened_at) : null;
  return (
    <Section title={texts.facts}>
      <Pairs
        rows={[
          [
            texts.bot,
            one.bot_id && (
              <Link className="c32-link" to="/bots/$botId" params={{ botId: one.bot_id }}>
                {one.bot_name}
              </Link>
            ),
          ],
          [
            texts.service,
            one.service_id && (
              <Link className="c32-link" to="/services/$serviceId" params={{ serviceId: one.service_id }}>
                {one.bot_name}
              </Link>
            ),
          ],
          [
            texts.run,
            typeof run === "string" && (
              <Link className="c32-link" to="/runs/$runId" params={{ runId: run }}>
                {texts.log}
              </Link>
            ),
          ],
          [texts.openedAt, <Moment at={one.opened_at} key="opened" />],
          [texts.resolvedAt, one.resolved_at && <Moment at={one.resolved_at} />],
          [texts.note, one.resolved_at && (one.resolution || texts.byItself)],
          [texts.lasted, lasted !== null && duration(lasted)],
        ]}
      />
    </Section>
  );
}
