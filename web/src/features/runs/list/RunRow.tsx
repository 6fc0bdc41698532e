import { memo, type CSSProperties } from "react";

import type { Run } from "../../../api/types";
import { Moment } from "../../../components/Moment";
import { StatusBadge } from "../../../components/StatusBadge";
import { runs as texts, statuses, triggers } from "../../../texts/runs";
import { duration } from "../../../format/duration";
import { money } from "../../../format/money";
import { short } from "../ids";

interface Props {
  run: Run;
  index: number;
  style: CSSProperties;
  selected: boolean;
  onSelect: ((id: string) => void) | undefined;
}

/** A run in the list. Its names come from bots: text, cut where there is no room. */
export const RunRow = memo(
  function RunRow({ run, index, style, selected, onSelect }: Props) {
    return (
      <div role="row" aria-rowindex={index + 2} className="c32-runs-row" data-selected={selected || undefined} style={style}>
        <span role="cell" className="c32-runs-pick">
          {onSelect && (
            <input type="checkbox" aria-label={texts.select(`${run.bot_name} ${short(run.id)}`)} checked={selected} onChange={() => onSelect(run.id)} />
          )}
        </span>
        <span role="cell" className="c32-runs-status">
          <StatusBadge status={run.status} label={statuses[run.status]?.toLowerCase()} />
        </span>
        <span role="cell" className="c32-runs-name">
          {/* No router's Link and no Mantine box: some are made in each frame of scrolling. Clicks are taken by the list. */}
          <a className="c32-link" href={`/runs/${run.id}`} data-run={run.id}>
            {run.bot_name}
          </a>
          <span className="c32-dim c32-runs-id">{short(run.id)}</span>
          {run.error && <span className="c32-dim"> {run.error.code}</span>}
        </span>
        <span role="cell" className="c32-runs-wide">
          {triggers[run.trigger.kind] ?? run.trigger.kind}
        </span>
        <span role="cell" className="c32-runs-wide">
          {run.environment}
        </span>
        <span role="cell" className="c32-runs-created c32-dim">
          <Moment at={run.created_at} style="relative" />
        </span>
        <span role="cell" className="c32-runs-took c32-runs-number">
          {duration(run.duration_ms)}
        </span>
        <span role="cell" className="c32-runs-wide c32-runs-number">
          {run.spent ? money(run.spent.cost) : ""}
        </span>
      </div>
    );
  },
  (before, after) =>
    before.run === after.run &&
    before.index === after.index &&
    before.selected === after.selected &&
    before.onSelect === after.onSelect &&
    before.style.transform === after.style.transform,
);
