import { Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Moment } from "../../components/Moment";
import { StatusBadge } from "../../components/StatusBadge";
import { proposals as texts } from "../../texts/proposals";
import "./proposals.css";
import type { Proposal } from "./queries";

export function ProposalRows({ items }: { items: readonly Proposal[] }) {
  return (
    <ul className="c32-rows">
      {items.map((one) => (
        <li key={one.id}>
          <div className="c32-proposal-head">
            <Link to="/proposals/$proposalId" params={{ proposalId: one.id }} className="c32-link c32-break">
              {one.title}
            </Link>
            <Badges proposal={one} />
          </div>
          <Text size="sm" className="c32-dim">
            <Link to="/bots/$botId" params={{ botId: one.bot_id }} className="c32-link c32-inline-link">
              {one.bot_name}
            </Link>{" "}
            · {texts.origin[one.origin]} · {texts.by(one.created_by)} · <Moment at={one.created_at} style="relative" />
          </Text>
        </li>
      ))}
    </ul>
  );
}

/** What decides at a glance: its tests, whether it asks for more, whether it is out of date. */
export function Badges({ proposal }: { proposal: Proposal }) {
  const open = proposal.status === "proposed" || proposal.status === "approved";
  return (
    <Group gap={6}>
      {proposal.stale && open && <StatusBadge status="stale" tone="bad" label={texts.stale} />}
      {proposal.widening && open && <StatusBadge status="wider" tone="warn" label={texts.wider} />}
      <StatusBadge status={proposal.proof} label={texts.proof[proposal.proof]} />
    </Group>
  );
}
