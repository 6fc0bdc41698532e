import { Card, Stack, Text } from "@mantine/core";

import { session as texts } from "../../texts/builder";
import { documentOf, reviewOf, type Plan, type Reviewed, type Session } from "./documents";
import { Lines } from "./Lines";
import { NotYet } from "./NotYet";
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
      {review ? <Review review={review} /> : <SoFar session={session} plan={plan} />}
    </Stack>
  );
}

function Review({ review }: { review: Reviewed }) {
  const passed = review.tests.filter((one) => one.outcome === "passed").length;
  return (
    <>
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
  const starts = requirements?.parts.filter((part) => part.role === "trigger").map((part) => part.says);
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
      {plan && <Touches asked={ofPlan(plan, starts)} />}
    </>
  );
}
