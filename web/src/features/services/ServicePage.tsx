import { usePrefetchInfiniteQuery, usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Alert, Stack, Text } from "@mantine/core";

import { Answered } from "../../components/Answered";
import { Moment } from "../../components/Moment";
import { PageHead } from "../../components/PageHead";
import { Section } from "../../components/Section";
import { Stat } from "../../components/Stat";
import { StatusBadge } from "../../components/StatusBadge";
import { useLookedAt } from "../../components/useLookedAt";
import { service as texts, services as listTexts } from "../../texts/services";
import { BotIncidents } from "../incidents/BotIncidents";
import { CallIt } from "./CallIt";
import { Controls } from "./Controls";
import { Events } from "./Events";
import { toneOfStatus, versionName } from "./order";
import { events, resources, service, type Detail } from "./queries";
import { Replicas } from "./Replicas";
import { ResourceCharts, useHours } from "./ResourceCharts";
import "./services.css";
import { Spec } from "./Spec";

export function ServicePage() {
  const { serviceId } = useParams({ from: "/shell/services/$serviceId" });
  const found = useQuery(service(serviceId));
  useLookedAt(found.data && { path: `/services/${serviceId}`, kind: "service", name: found.data.bot_name });
  // Their places come with the answer; they do not wait for it.
  usePrefetchInfiniteQuery(events(serviceId));
  usePrefetchQuery(resources(serviceId, useHours()));
  return (
    <>
      <Head id={serviceId} found={found.data} />
      <Answered query={found}>{(one) => <Body one={one} />}</Answered>
    </>
  );
}

function Head({ id, found }: { id: string; found: Detail | undefined }) {
  return (
    <PageHead
      title={found?.bot_name ?? id}
      above={
        <Link className="c32-link" to="/services">
          {listTexts.title}
        </Link>
      }
      badge={found && <StatusBadge status={found.status} tone={toneOfStatus(found.status)} />}
      about={
        found && (
          <>
            {texts.in} {found.environment} ·{" "}
            <Link className="c32-link" to="/bots/$botId" params={{ botId: found.bot_id }}>
              {texts.bot}
            </Link>
          </>
        )
      }
      actions={found && <Controls one={found} />}
    />
  );
}

function Body({ one }: { one: Detail }) {
  return (
    <Stack>
      <Trouble one={one} />
      <Stats one={one} />
      <Section title={texts.replicas}>
        <Replicas replicas={one.replicas} />
      </Section>
      <ResourceCharts id={one.id} />
      <div className="c32-columns">
        <Section title={texts.events}>
          <Events id={one.id} />
        </Section>
        <Stack>
          <Section title={texts.incidents}>
            <BotIncidents botId={one.bot_id} serviceId={one.id} />
          </Section>
          {one.path && <CallIt path={one.path} open={one.public} />}
          <Spec spec={one.spec} />
        </Stack>
      </div>
    </Stack>
  );
}

function Stats({ one }: { one: Detail }) {
  const { actual, desired } = one;
  const running = actual.version ?? desired.version;
  const rolling = actual.version && actual.version.id !== desired.version.id;
  const up = one.replicas.filter((replica) => replica.ready).map((replica) => replica.ready_at ?? "");
  return (
    <div className="c32-tiles">
      <Stat label={texts.stats.ready} value={actual.ready} hint={texts.wantedHint(desired.replicas)} />
      <Stat label={texts.stats.version} value={versionName(running)} hint={rolling && texts.rolling(versionName(desired.version))} />
      <Stat label={texts.stats.restarts} value={actual.restarts} />
      <Stat label={texts.stats.up} value={<Moment at={up.sort()[0]} style="relative" />} />
    </div>
  );
}

const GRAVE = new Set(["quarantined", "down"]);

/** Why it is not simply running, and what to do. */
function Trouble({ one }: { one: Detail }) {
  const sentence = texts.trouble[one.status];
  const ended = one.replicas.find((replica) => replica.last_exit && !replica.ready);
  return (
    <>
      {one.failed_version && (
        <Alert color="yellow" role="status">
          {texts.failedVersion(one.failed_version.number ?? "")}
        </Alert>
      )}
      {sentence && (
        <Alert color={GRAVE.has(one.status) ? "red" : "yellow"} role="status" title={sentence}>
          {ended?.last_exit?.detail && (
            <Text size="sm" className="c32-break">
              {texts.lastEnd} {ended.last_exit.detail}
            </Text>
          )}
          {ended?.run_id && (
            <Link className="c32-link" to="/runs/$runId" params={{ runId: ended.run_id }}>
              {texts.readLog}
            </Link>
          )}
        </Alert>
      )}
    </>
  );
}
