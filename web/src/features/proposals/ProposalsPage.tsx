import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Check, GitPullRequestArrow, X } from "lucide-react";

import { AddressTabs } from "../../components/AddressTabs";
import { EmptyState } from "../../components/EmptyState";
import { More } from "../../components/More";
import { PageHead } from "../../components/PageHead";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { useAddress } from "../../components/useAddress";
import { Waiting } from "../../components/Waiting";
import { proposals as texts } from "../../texts/proposals";
import * as queries from "./queries";
import { ProposalRows } from "./ProposalRows";

/** `/proposals?tab=…&bot=…`: what waits for a person first, then what was decided. */
export function ProposalsPage() {
  const [{ bot }, change] = useAddress();
  return (
    <>
      <PageHead
        title={texts.title}
        about={texts.about}
        actions={
          bot && (
            <Button variant="default" size="xs" rightSection={<X size={14} aria-hidden />} onClick={() => change({ bot: "" })} aria-label={texts.allBots}>
              {texts.ofBot(bot)}
            </Button>
          )
        }
      />
      <AddressTabs
        label={texts.tabs.label}
        tabs={[
          { value: "waiting", label: texts.tabs.waiting, panel: () => <Undecided bot={bot} /> },
          { value: "applied", label: texts.tabs.applied, panel: () => <Decided status="applied" bot={bot} /> },
          { value: "rejected", label: texts.tabs.rejected, panel: () => <Decided status="rejected" bot={bot} /> },
        ]}
      />
    </>
  );
}

function Undecided({ bot }: { bot: string | undefined }) {
  const proposed = useInfiniteQuery(queries.proposals("proposed", bot));
  const approved = useInfiniteQuery(queries.proposals("approved", bot));
  const error = proposed.error ?? approved.error;
  if (error) return <ProblemNote error={error} onRetry={() => void Promise.all([proposed.refetch(), approved.refetch()])} />;
  if (proposed.isPending || approved.isPending) return <Waiting rows={4} height={64} />;
  const parts = [
    { title: texts.toDecide, list: proposed },
    { title: texts.toApply, list: approved },
  ].map((part) => ({ ...part, items: (part.list.data?.pages ?? []).flatMap((page) => page.items) }));
  if (parts.every((part) => part.items.length === 0)) {
    return (
      <EmptyState icon={Check} title={texts.empty.waiting}>
        {texts.empty.waitingHow}
      </EmptyState>
    );
  }
  return (
    <div className="c32-stack">
      {parts
        .filter((part) => part.items.length > 0)
        .map(({ title, items, list }) => (
          <Section title={title} key={title}>
            <ProposalRows items={items} />
            <More of={list} />
          </Section>
        ))}
    </div>
  );
}

function Decided({ status, bot }: { status: "applied" | "rejected"; bot: string | undefined }) {
  const list = useInfiniteQuery(queries.proposals(status, bot));
  if (list.error) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Waiting rows={4} height={64} />;
  const items = list.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <EmptyState icon={GitPullRequestArrow} title={texts.empty[status]} />;
  return (
    <Section title={texts.tabs[status]}>
      <ProposalRows items={items} />
      <More of={list} />
    </Section>
  );
}
