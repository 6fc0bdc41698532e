import { Alert, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import * as queries from "../../api/queries";
import { Answered } from "../../components/Answered";
import { PageHead } from "../../components/PageHead";
import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import { useLookedAt } from "../../components/useLookedAt";
import { triggers } from "../../texts/triggers";
import { webhook as texts, webhooks as listTexts } from "../../texts/webhooks";
import { CallIt } from "./CallIt";
import { Deliveries } from "./Deliveries";
import { webhook, type Webhook } from "./queries";
import { SecretBox } from "./SecretBox";
import { exampleOf } from "./snippets";
import { TestBench } from "./TestBench";
import "./triggers.css";
import { WebhookControls } from "./WebhookControls";
import { WebhookFacts } from "./WebhookFacts";

export function WebhookPage() {
  const { webhookId } = useParams({ from: "/shell/triggers/webhooks/$webhookId" });
  const found = useQuery(webhook(webhookId));
  useLookedAt(found.data && { path: `/triggers/webhooks/${webhookId}`, kind: "webhook", name: texts.nameOf(found.data.name, found.data.bot_name) });
  return (
    <>
      <Head one={found.data} />
      <Answered query={found}>{(one) => <Body one={one} />}</Answered>
    </>
  );
}

function Head({ one }: { one: Webhook | undefined }) {
  return (
    <PageHead
      title={one?.name ?? texts.above}
      above={
        <Link className="c32-link" to="/triggers" search={{ tab: "webhooks" }}>
          {texts.above}
        </Link>
      }
      badge={one && <StatusBadge status={one.paused ? "paused" : "active"} label={one.paused ? triggers.paused : triggers.active} />}
      about={
        one && (
          <>
            {texts.of}{" "}
            <Link className="c32-link" to="/bots/$botId" params={{ botId: one.bot_id }}>
              {one.bot_name}
            </Link>
          </>
        )
      }
      actions={one && <WebhookControls one={one} />}
    />
  );
}

function Body({ one }: { one: Webhook }) {
  const versions = useQuery(queries.versions(one.bot_id));
  const schema: unknown = one.payload === "body" ? versions.data?.items[0]?.input_schema : undefined;
  const example = schema ? JSON.stringify(exampleOf(schema), null, 2) : undefined;
  return (
    <Stack>
      {one.paused && (
        <Alert color="yellow" role="status">
          {texts.pausedNote}
        </Alert>
      )}
      <div className="c32-columns">
        <Section title={texts.call.title}>
          <CallIt hook={one} example={example} />
        </Section>
        <Section title={texts.test.title}>
          <TestBench hook={one} example={example} />
        </Section>
      </div>
      <Section title={texts.deliveries.title}>
        <Deliveries id={one.id} />
      </Section>
      <div className="c32-columns">
        <WebhookFacts one={one} who={listTexts.auth[one.auth] ?? one.auth} />
        {one.auth !== "none" && (
          <Section title={texts.secret.title}>
            <SecretBox hook={one} />
          </Section>
        )}
      </div>
    </Stack>
  );
}
