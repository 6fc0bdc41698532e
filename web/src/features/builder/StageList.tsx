import { Text } from "@mantine/core";
import { Check, CircleDashed, CircleDot, CircleSlash, LoaderCircle, Pencil, TriangleAlert, type LucideIcon } from "lucide-react";

import { useAddress } from "../../components/useAddress";
import { duration } from "../../format/duration";
import { session as texts } from "../../texts/builder";
import { rowOf, STAGES, stateOf, type Session } from "./documents";
import { lastThought, type Thought } from "./follow";

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

/** The stages in their order: which are done, which is walked now and what it is at. */
export function StageList({ session, thoughts }: { session: Session; thoughts: readonly Thought[] }) {
  return (
    <ol className="c32-stages" aria-label={texts.stages}>
      {STAGES.map((stage) => (
        <StageItem session={session} stage={stage} thought={lastThought(thoughts, stage)} key={stage} />
      ))}
    </ol>
  );
}

function StageItem({ session, stage, thought }: { session: Session; stage: string; thought: string | undefined }) {
  const [, change] = useAddress();
  const row = rowOf(session, stage);
  const state = stateOf(session, stage);
  const shown = state === "done" && row?.edited_by ? "edited" : state;
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
        {state === "running" && thought && (
          <Text size="xs" className="c32-dim c32-break">
            {thought}
          </Text>
        )}
      </div>
      <Text size="xs" className="c32-dim c32-stage-note">
        {shown === "done" && took !== undefined ? duration(took) : texts.stageState[shown]}
      </Text>
    </li>
  );
}
