import { Badge, Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { useMay } from "../../api/rights";
import { Answered } from "../../components/Answered";
import { ConfirmButton } from "../../components/ConfirmButton";
import { PageHead } from "../../components/PageHead";
import { useLookedAt } from "../../components/useLookedAt";
import { money } from "../../format/money";
import { builder, session as texts } from "../../texts/builder";
import { Banner } from "./Banner";
import "./builder.css";
import { Conversation } from "./Conversation";
import { isOver, nameOf, type Session } from "./documents";
import { useFollow } from "./follow";
import { Preview } from "./Preview";
import * as queries from "./queries";
import { SessionStatus } from "./SessionStatus";

/** `/build/$sessionId`: the conversation, and beside it what came of it so far. */
export function SessionPage() {
  const { sessionId } = useParams({ from: "/shell/build/$sessionId" });
  const query = useQuery(queries.session(sessionId));
  return (
    <>
      {!query.data && <PageHead title={builder.start.title} />}
      <Answered query={query} rows={6}>
        {(session) => <Open session={session} key={session.id} />}
      </Answered>
    </>
  );
}

/** Below this the two sides are one column, as builder.css has it. */
const NARROW = "(max-width: 61.99rem)";

function Open({ session }: { session: Session }) {
  const thoughts = useFollow(session);
  useLookedAt({ path: `/build/${session.id}`, kind: "session", name: nameOf(session) ?? texts.newBot, at: session.created_at });
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  return (
    <>
      <PageHead
        title={session.changes ? texts.change(session.changes.name) : (nameOf(session) ?? texts.newBot)}
        above={
          <Link to="/build" className="c32-link">
            {builder.start.title}
          </Link>
        }
        badge={
          <>
            <SessionStatus session={session} />
            {session.dry_run && (
              <Badge variant="default" tt="none">
                {texts.dryRun}
              </Badge>
            )}
          </>
        }
        about={costOf(session)}
        actions={<Actions session={session} />}
      />
      {!narrow && <Banner session={session} />}
      <div className="c32-sides">
        <Conversation session={session} thoughts={thoughts} narrow={narrow} />
        <Preview session={session} thoughts={thoughts} />
      </div>
    </>
  );
}

/** Dollars below which the digits say nothing to anybody; the usage page has them all. */
const LITTLE = 0.01;

function costOf({ engine, cost_usd: cost, budget_usd: most }: Session): string {
  if (engine === "recipes" && Number(cost) === 0) return texts.recipes;
  const spent = Number(cost) > 0 && Number(cost) < LITTLE ? texts.littleMoney : money(cost);
  return texts.models(spent, most === null ? null : money(most));
}

function Actions({ session }: { session: Session }) {
  const may = useMay();
  const cancel = queries.useDoing<undefined>(session.id, () => ["POST", "/cancel"]);
  if (isOver(session)) {
    const say = session.messages.find((one) => one.role === "person")?.text ?? session.title;
    const search = { say, ...(session.changes ? { bot: session.changes.id } : {}) };
    if (session.status === "published") return null;
    return (
      <Button variant="default" renderRoot={(props) => <Link to="/build" search={search} {...props} />}>
        {texts.again}
      </Button>
    );
  }
  if (!may("builder:write")) return null;
  return (
    <ConfirmButton label={texts.cancel.label} title={texts.cancel.title} action={texts.cancel.action} onConfirm={() => cancel.mutateAsync(undefined)}>
      {texts.cancel.text}
    </ConfirmButton>
  );
}
