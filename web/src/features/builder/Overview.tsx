import { Button, Card, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { session as texts } from "../../texts/builder";
import { documentOf, reviewOf, type Plan, type Reviewed, type Session } from "./documents";
import { Lines } from "./Lines";
import { NotYet } from "./NotYet";
import { PublishButton } from "./PublishButton";
import { SecretsCard } from "./SecretsCard";
import { Touches } from "./Touches";
import { ofPlan, ofReview } from "./touches";
import { Wider } from "./Wider";

/** What the bot will do and may touch, in plain words: the page on which a person decides. */
export function Overview({ session }: { session: Session }) {
  const review = reviewOf(session);
  const plan = documentOf(session, "plan");
  return (
    <Stack gap="md">
      {session.status === "published" && <Published session={session} />}
      {session.proposal_id && session.status !== "published" && <Proposed proposalId={session.proposal_id} />}
      {review ? <Review session={session} review={review} /> : <SoFar session={session} plan={plan} />}
    </Stack>
  );
}

function Review({ session, review }: { session: Session; review: Reviewed }) {
  const passed = review.tests.filter((one) => one.outcome === "passed").length;
  return (
    <>
      {session.status === "reviewing" && !session.proposal_id && <Ready session={session} />}
      <Wider lines={review.wider} />
      <Card>
        <Stack gap="md">
          <Lines title={texts.overview.does} items={review.does} ordered />
          <Lines title={texts.overview.assumed} items={review.assumed} />
          <Lines title={texts.overview.warnings} items={review.warnings} />
          <Text size="sm" className="c32-dim">
            {review.tested ? texts.overview.tested(passed, review.tests.length) : texts.overview.untested}
          </Text>
        </Stack>
      </Card>
      <Touches asked={ofReview(review)} />
      {review.secrets.length > 0 && <SecretsCard secrets={review.secrets} />}
    </>
  );
}

function SoFar({ session, plan }: { session: Session; plan: Plan | undefined }) {
  const requirements = documentOf(session, "requirements");
  const does = plan?.steps ?? requirements?.parts.map((part) => part.says) ?? session.understood;
  if (does.length === 0) return <NotYet session={session} text={texts.notYet.overview} />;
  return (
    <>
      <Card>
        <Stack gap="md">
          <Lines title={texts.overview.does} items={does} ordered />
          <Lines title={texts.overview.notes} items={plan?.notes} />
          <Text size="sm" className="c32-dim">
            {texts.overview.soFar}
          </Text>
        </Stack>
      </Card>
      {plan && <Touches asked={ofPlan(plan)} />}
    </>
  );
}

function Ready({ session }: { session: Session }) {
  const text = session.dry_run ? texts.dry : session.changes ? texts.publish.readyChange : texts.publish.ready;
  return (
    <div className="c32-ready" data-tone={session.dry_run ? "quiet" : "good"} role="status">
      <Text size="sm">{text}</Text>
      <PublishButton session={session} />
    </div>
  );
}

function Proposed({ proposalId }: { proposalId: string }) {
  return (
    <div className="c32-ready" data-tone="main" role="status">
      <Text size="sm">
        {texts.publish.proposed}{" "}
        <Link to="/proposals/$proposalId" params={{ proposalId }} className="c32-link c32-underlined">
          {texts.publish.proposal}
        </Link>
      </Text>
    </div>
  );
}

function Published({ session }: { session: Session }) {
  const { bot } = session;
  if (!bot) return null;
  const params = { botId: bot.id };
  return (
    <div className="c32-ready" data-tone="good" role="status">
      <div>
        <Text fw={600}>{texts.published.title(bot.name)}</Text>
        <Text size="sm">{texts.published.text}</Text>
      </div>
      <Group gap="xs">
        <Button renderRoot={(props) => <Link to="/bots/$botId" params={params} search={{ tab: "run" }} {...props} />}>{texts.published.run}</Button>
        <Button variant="default" renderRoot={(props) => <Link to="/bots/$botId" params={params} {...props} />}>
          {texts.published.open}
        </Button>
        <Button variant="subtle" renderRoot={(props) => <Link to="/build" {...props} />}>
          {texts.published.another}
        </Button>
      </Group>
    </div>
  );
}
