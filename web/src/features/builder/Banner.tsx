import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { useReady } from "../../components/useReady";
import { session as texts } from "../../texts/builder";
import type { Session } from "./documents";
import { Published } from "./Published";
import { PublishButton } from "./PublishButton";

/** Above both sides: what a person can do now that the work is done, or what came of it. */
export function Banner({ session }: { session: Session }) {
  if (session.status === "published") return <Published session={session} />;
  if (session.proposal_id) return <Proposed proposalId={session.proposal_id} />;
  return session.status === "reviewing" ? <Ready session={session} /> : null;
}

function Ready({ session }: { session: Session }) {
  const place = useReady<HTMLDivElement>("button[data-next]");
  const text = session.dry_run ? texts.dry : session.changes ? texts.publish.readyChange : texts.publish.ready;
  return (
    <div className="c32-ready c32-banner" data-tone={session.dry_run ? "quiet" : "good"} role="status" ref={place}>
      <Text size="sm">{text}</Text>
      <PublishButton session={session} />
    </div>
  );
}

function Proposed({ proposalId }: { proposalId: string }) {
  return (
    <div className="c32-ready c32-banner" data-tone="main" role="status">
      <Text size="sm">
        {texts.publish.proposed}{" "}
        <Link to="/proposals/$proposalId" params={{ proposalId }} className="c32-link c32-underlined">
          {texts.publish.proposal}
        </Link>
      </Text>
    </div>
  );
}
