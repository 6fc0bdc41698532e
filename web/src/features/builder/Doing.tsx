import { Text } from "@mantine/core";
import { LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";

import { session as texts } from "../../texts/builder";
import { rowOf, stateOf, type Session } from "./documents";
import { Elapsed } from "./Elapsed";
import { lastThought, type Thought } from "./follow";
import { findingsOf, standingAt } from "./progress";

interface Props {
  session: Session;
  thoughts: readonly Thought[];
}

/** Longer than this is said to be in order. */
const LONG_MS = 15_000;

/** What a stage is at while it is walked, or why it is walked once more. */
export function Doing({ session, stage, thoughts }: Props & { stage: string }) {
  const row = rowOf(session, stage);
  const state = stateOf(session, stage);
  if (state === "failed" && session.status === "working") return <Lines lines={[row?.error, texts.tried]} />;
  if (state !== "running" || !row) return null;
  const mends = stage === "code" && row.round > 1 ? findingsOf(session) : undefined;
  return (
    <>
      <Lines lines={[mends, lastThought(thoughts, stage)]} />
      {session.engine === "models" && <Patience since={row.started_at} key={row.started_at} />}
    </>
  );
}

function Lines({ lines }: { lines: readonly (string | null | undefined)[] }) {
  return lines.map(
    (line, at) =>
      line && (
        <Text size="xs" className="c32-dim c32-break" lineClamp={4} key={at}>
          {line}
        </Text>
      ),
  );
}

/** Said once it takes long: that this is in order, and that nobody has to wait here. */
function Patience({ since }: { since: string }) {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), Math.max(0, LONG_MS - (Date.now() - new Date(since).getTime())));
    return () => clearTimeout(timer);
  }, [since]);
  return (
    <Text size="xs" className="c32-dim" role="status">
      {long && texts.patience}
    </Text>
  );
}

/** The newest of a narrow page, where the list of stages is shut: what is done now. */
export function Now({ session, thoughts }: Props) {
  const { stage } = standingAt(session);
  const row = rowOf(session, stage);
  return (
    <div className="c32-turn-card c32-now" data-tone="busy">
      <LoaderCircle size={16} aria-hidden className="c32-stage-icon" />
      <div className="c32-grow">
        <Text size="sm" fw={600}>
          {texts.stage[stage] ?? stage}
          {row && stateOf(session, stage) === "running" && (
            <span className="c32-dim">
              {" "}
              · <Elapsed since={row.started_at} />
            </span>
          )}
        </Text>
        <Doing session={session} stage={stage} thoughts={thoughts} />
      </div>
    </div>
  );
}
