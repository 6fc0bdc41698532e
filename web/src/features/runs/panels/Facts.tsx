import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Run } from "../../../api/types";
import { CopyButton } from "../../../components/CopyButton";
import { Moment } from "../../../components/Moment";
import { Section } from "../../../components/Section";
import { StatusBadge } from "../../../components/StatusBadge";
import { run as texts, triggers } from "../../../texts/runs";
import { duration } from "../../../format/duration";
import { money } from "../../../format/money";
import { short } from "../ids";
import * as queries from "../queries";

const words = texts.fact;

/** Everything that is short about a run, and the runs that belong to it. */
export function Facts({ run, goesOn }: { run: Run; goesOn: boolean }) {
  return (
    <Section title={texts.facts} actions={<CopyButton text={run.id} label={texts.copyId} />}>
      <dl className="c32-facts">
        <Fact name={words.bot}>
          <Link className="c32-link" to="/bots/$botId" params={{ botId: run.bot_id }}>
            {run.bot_name}
          </Link>
        </Fact>
        <Fact name={words.environment}>{run.environment}</Fact>
        <Fact name={words.trigger}>{triggers[run.trigger.kind] ?? run.trigger.kind}</Fact>
        {run.scheduled_for && (
          <Fact name={words.scheduled}>
            <Moment at={run.scheduled_for} style="short" />
          </Fact>
        )}
        <Fact name={words.created}>
          <Moment at={run.created_at} style="short" />
        </Fact>
        <Fact name={words.started}>
          <Moment at={run.started_at} style="time" />
        </Fact>
        <Fact name={words.ended}>
          <Moment at={run.finished_at} style="time" />
        </Fact>
        <Fact name={words.took}>{duration(run.duration_ms)}</Fact>
        <Fact name={words.attempts}>{texts.ofAttempts(run.attempt, run.max_attempts)}</Fact>
        <Fact name={words.timeout}>{duration(run.timeout_seconds * 1000)}</Fact>
        {run.priority !== 0 && <Fact name={words.priority}>{run.priority}</Fact>}
        {run.spent && <Fact name={words.cost}>{money(run.spent.cost)}</Fact>}
        {run.cancel_reason && <Fact name={words.reason}>{run.cancel_reason}</Fact>}
        {run.parent_run_id && (
          <Fact name={texts.calledBy}>
            <RunLink id={run.parent_run_id} />
          </Fact>
        )}
        {run.retry_of && (
          <Fact name={texts.retryOf}>
            <RunLink id={run.retry_of} />
          </Fact>
        )}
        <Called runId={run.id} goesOn={goesOn} />
      </dl>
    </Section>
  );
}

/** Runs that this one called, as its trace knows them. */
function Called({ runId, goesOn }: { runId: string; goesOn: boolean }) {
  const { data } = useQuery(queries.trace(runId, goesOn));
  const called = data?.spans.filter((span) => span.kind === "call" && typeof span.attributes.run_id === "string") ?? [];
  if (called.length === 0) return null;
  return (
    <Fact name={texts.called}>
      {called.map((span) => (
        <div key={span.id}>
          <Link className="c32-link c32-break" to="/runs/$runId" params={{ runId: String(span.attributes.run_id) }}>
            {span.name}
          </Link>{" "}
          <StatusBadge status={span.status} />
        </div>
      ))}
    </Fact>
  );
}

function RunLink({ id }: { id: string }) {
  return (
    <Link className="c32-link" to="/runs/$runId" params={{ runId: id }}>
      {short(id)}
    </Link>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="c32-break">{children}</dd>
    </>
  );
}
