import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useMay } from "../../api/rights";
import { Moment } from "../../components/Moment";
import { Outcome } from "../../components/Outcome";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { proposal as texts } from "../../texts/proposals";
import { choicesOf } from "./deciding";
import { useDecide, type Decision, type Detail } from "./queries";

/** Approve, apply or reject, with a note; or what was decided. */
export function DecisionSection({ detail }: { detail: Detail }) {
  const may = useMay();
  const choices = choicesOf(detail, may);
  const decide = useDecide(detail.id);
  return (
    <Section title={texts.decide}>
      <Stack gap="sm">
        <Outcome text={decide.isSuccess ? (texts.done[decide.variables.decision] ?? "") : ""} />
        {detail.status !== "proposed" && <Decided detail={detail} />}
        {choices.reasons.map((reason) => (
          <Text size="sm" key={reason}>
            {reason}
          </Text>
        ))}
        {(choices.approve || choices.apply || choices.reject) && <Decide decide={decide} choices={choices} />}
      </Stack>
    </Section>
  );
}

function Decided({ detail }: { detail: Detail }) {
  return (
    <>
      <Text size="sm">
        {texts.decided[detail.status === "applied" ? "approved" : detail.status]} {detail.reviewer && texts.reviewer(detail.reviewer)}{" "}
        {detail.reviewed_at && <Moment at={detail.reviewed_at} style="relative" />}
      </Text>
      {detail.review_note && (
        <Text size="sm" className="c32-prose">
          {detail.review_note}
        </Text>
      )}
      {detail.applied_at && (
        <Text size="sm">
          {texts.appliedAt} <Moment at={detail.applied_at} style="relative" /> ·{" "}
          <Link to="/bots/$botId" params={{ botId: detail.bot_id }} className="c32-link c32-inline-link">
            {texts.openBot}
          </Link>
        </Text>
      )}
    </>
  );
}

function Decide({ decide, choices }: { decide: ReturnType<typeof useDecide>; choices: ReturnType<typeof choicesOf> }) {
  const [note, setNote] = useState("");
  const does = (decision: Decision) => ({
    loading: decide.isPending && decide.variables.decision === decision,
    disabled: decide.isPending && decide.variables.decision !== decision,
    onClick: () => decide.mutate({ decision, note }),
  });
  return (
    <>
      <Textarea label={texts.note} autosize minRows={1} maxRows={6} maxLength={10_000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      <Group gap="xs">
        {choices.approve && <Button {...does("approve-apply")}>{texts.approveApply}</Button>}
        {choices.approve && (
          <Button variant="default" {...does("approve")}>
            {texts.approve}
          </Button>
        )}
        {choices.apply && <Button {...does("apply")}>{texts.apply}</Button>}
        {choices.reject && (
          <Button variant="default" {...does("reject")}>
            {texts.reject}
          </Button>
        )}
        {(choices.approve || choices.apply) && (
          <Text size="xs" className="c32-dim">
            {texts.applyHow}
          </Text>
        )}
      </Group>
      {decide.error && <ProblemNote error={decide.error} />}
    </>
  );
}
