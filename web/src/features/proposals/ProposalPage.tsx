import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { Answered } from "../../components/Answered";
import { Callout } from "../../components/Callout";
import { DiffView } from "../../components/DiffView";
import { Moment } from "../../components/Moment";
import { PageHead } from "../../components/PageHead";
import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import { useLookedAt } from "../../components/useLookedAt";
import { proposal as texts, proposals as listTexts } from "../../texts/proposals";
import { inOrder } from "../builder/order";
import { DecisionSection } from "./DecisionSection";
import { EvidenceSection } from "./EvidenceSection";
import { ManifestSection } from "./ManifestSection";
import "./proposals.css";
import { Badges } from "./ProposalRows";
import * as queries from "./queries";
import { WhySection } from "./WhySection";
import { widerLine } from "./deciding";

/** `/proposals/$proposalId`: everything a person needs to say yes or no. */
export function ProposalPage() {
  const { proposalId } = useParams({ from: "/shell/proposals/$proposalId" });
  const query = useQuery(queries.proposal(proposalId));
  useLookedAt(query.data && { path: `/proposals/${proposalId}`, kind: "proposal", name: query.data.title, at: query.data.created_at });
  return (
    <>
      {!query.data && <PageHead title={listTexts.title} />}
      <Answered query={query} rows={6}>
        {(detail) => <Shown detail={detail} />}
      </Answered>
    </>
  );
}

function Shown({ detail }: { detail: queries.Detail }) {
  return (
    <>
      <PageHead
        title={detail.title}
        above={
          <Link to="/proposals" className="c32-link">
            {listTexts.title}
          </Link>
        }
        badge={
          <>
            <StatusBadge status={detail.status} label={listTexts.status[detail.status]} />
            <Badges proposal={detail} />
          </>
        }
        about={<About detail={detail} />}
      />
      <div className="c32-stack">
        <Warnings detail={detail} />
        <DecisionSection detail={detail} />
        <WhySection detail={detail} />
        <ManifestSection changes={detail.manifest_changes} />
        <Section title={texts.files}>
          <DiffView files={inOrder(detail.changes, (one) => one.path)} />
        </Section>
        <EvidenceSection detail={detail} />
      </div>
    </>
  );
}

function About({ detail }: { detail: queries.Detail }) {
  return (
    <>
      <Link to="/bots/$botId" params={{ botId: detail.bot_id }} className="c32-link c32-inline-link">
        {detail.bot_name}
      </Link>{" "}
      · {listTexts.base(detail.base_number)} · {listTexts.origin[detail.origin]} · {listTexts.by(detail.created_by)} ·{" "}
      <Moment at={detail.created_at} style="relative" />
    </>
  );
}

function Warnings({ detail }: { detail: queries.Detail }) {
  const open = detail.status === "proposed" || detail.status === "approved";
  const wider = detail.manifest_changes.filter((change) => change.widening);
  return (
    <>
      {detail.stale && open && (
        <Callout title={texts.stale} tone="bad">
          {texts.staleHow}{" "}
          <Link to="/build" search={{ bot: detail.bot_id, say: detail.rationale || detail.title }} className="c32-link c32-inline-link">
            {texts.again}
          </Link>
        </Callout>
      )}
      {wider.length > 0 && (
        <Callout title={texts.wider} tone="warn">
          <ul className="c32-plain-list">
            {wider.map((change) => (
              <li key={widerLine(change)}>{widerLine(change)}</li>
            ))}
          </ul>
          {open && texts.widerNeeds}
        </Callout>
      )}
    </>
  );
}
