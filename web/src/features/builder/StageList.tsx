import { Text, VisuallyHidden } from "@mantine/core";
import { Check, CircleDashed, CircleDot, CircleSlash, LoaderCircle, Pencil, TriangleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { useAddress } from "../../components/useAddress";
import { duration } from "../../format/duration";
import { session as texts } from "../../texts/builder";
import { rowOf, STAGES, stateOf, type Session } from "./documents";
import { Doing } from "./Doing";
import { Elapsed } from "./Elapsed";
import type { Thought } from "./follow";
import { standingAt } from "./progress";

const ICONS: Record<string, LucideIcon> = {
  waiting: CircleDashed,
  running: LoaderCircle,
  done: Check,
  edited: Pencil,
  outdated: CircleDot,
  found: TriangleAlert,
  asked: CircleDot,
  refused: CircleSlash,
  failed: TriangleAlert,
  lost: CircleSlash,
};
const TONES: Record<string, string> = { running: "busy", done: "good", edited: "good", found: "warn", asked: "warn", refused: "bad", failed: "bad" };
/** Where a stage is looked at. */
const TABS: Record<string, string> = { requirements: "understood", plan: "plan", code: "code", checks: "tests", tests: "tests", review: "" };

interface Props {
  session: Session;
  thoughts: readonly Thought[];
}

/** The stages in their order: which are done, which is walked now and what it is at. On a narrow page one line, which opens. */
export function StageList({ session, thoughts, short }: Props & { short: boolean }) {
  const list = (
    <ol className="c32-stages" aria-label={texts.stages}>
      {STAGES.map((stage) => (
        <StageItem session={session} stage={stage} thoughts={thoughts} key={stage} />
      ))}
    </ol>
  );
  return (
    <>
      <Said session={session} />
      {short ? <Short session={session} list={list} /> : list}
    </>
  );
}

/** What those hear who do not see the list: which stage is walked. */
function Said({ session }: { session: Session }) {
  const at = session.status === "working" ? standingAt(session) : undefined;
  return (
    <VisuallyHidden role="status">{at && `${texts.stagesAt(at.number, STAGES.length)}: ${texts.stage[at.stage] ?? at.stage}`}</VisuallyHidden>
  );
}

function Short({ session, list }: { session: Session; list: ReactNode }) {
  const { stage, number } = standingAt(session);
  const state = stateOf(session, stage);
  return (
    <details className="c32-stages-short">
      <summary>
        <span className="c32-stage-strip" aria-hidden>
          {STAGES.map((one) => (
            <span data-tone={TONES[shownOf(session, one)] ?? "quiet"} data-state={stateOf(session, one)} key={one} />
          ))}
        </span>
        <span className="c32-between">
          <span>
            {texts.stagesAt(number, STAGES.length)}: <b>{texts.stage[stage] ?? stage}</b>
          </span>
          <span className="c32-dim">{session.status === "reviewing" ? texts.stageReady : texts.stageState[state]}</span>
        </span>
        <VisuallyHidden>{texts.stagesAll}</VisuallyHidden>
      </summary>
      {list}
    </details>
  );
}

function shownOf(session: Session, stage: string): string {
  const state = stateOf(session, stage);
  return state === "done" && rowOf(session, stage)?.edited_by ? "edited" : state;
}

function StageItem({ session, stage, thoughts }: Props & { stage: string }) {
  const [, change] = useAddress();
  const row = rowOf(session, stage);
  const shown = shownOf(session, stage);
  const Icon = ICONS[shown] ?? CircleDashed;
  const took = row?.ended_at ? new Date(row.ended_at).getTime() - new Date(row.started_at).getTime() : undefined;
  const name = texts.stage[stage] ?? stage;
  return (
    <li data-state={shown} data-tone={TONES[shown] ?? "quiet"}>
      <Icon size={16} aria-hidden className="c32-stage-icon" />
      <div className="c32-grow">
        {row && stage in TABS ? (
          <button type="button" className="c32-text-button" onClick={() => change({ show: TABS[stage], file: "" })}>
            {name}
          </button>
        ) : (
          <span>{name}</span>
        )}
        {row && row.round > 1 && <span className="c32-dim"> · {texts.round(row.round)}</span>}
        <Doing session={session} stage={stage} thoughts={thoughts} />
      </div>
      <Text size="xs" className="c32-dim c32-stage-note">
        {shown === "running" && row ? <Elapsed since={row.started_at} /> : shown === "done" && took !== undefined ? duration(took) : texts.stageState[shown]}
      </Text>
    </li>
  );
}
