import { Link } from "@tanstack/react-router";
import { memo, type ReactNode } from "react";

import type { Bot, Schemas } from "../../api/types";
import { DataTable, type Column } from "../../components/DataTable";
import { Moment } from "../../components/Moment";
import { StatusBadge } from "../../components/StatusBadge";
import { money } from "../../format/money";
import { bots as texts } from "../../texts/bots";
import { FavouriteButton } from "./FavouriteButton";

type Activity = Schemas["BotActivityView"];

interface Props {
  bots: readonly Bot[];
  /** By id; a bot that is not in it yet is still being asked about. */
  activity: ReadonlyMap<string, Activity>;
  selected: ReadonlySet<string>;
  onSelect?: ((selected: Set<string>) => void) | undefined;
}

const SHOWN_TAGS = 3;

export const BotTable = memo(function BotTable({ bots, activity, selected, onSelect }: Props) {
  const lately = (bot: Bot, part: (found: Activity) => ReactNode) => {
    const found = activity.get(bot.id);
    return found ? part(found) : <span className="c32-coming" />;
  };
  const columns: Column<Bot>[] = [
    { key: "name", head: texts.columns.name, cell: (bot) => <Name bot={bot} /> },
    { key: "environments", head: texts.columns.environments, cell: (bot) => <Pointers bot={bot} />, wide: true },
    { key: "last", head: texts.columns.last, cell: (bot) => lately(bot, (found) => <LastRun found={found} />) },
    { key: "health", head: texts.columns.health, cell: (bot) => lately(bot, (found) => <Health found={found} />) },
    { key: "next", head: texts.columns.next, cell: (bot) => lately(bot, (found) => <Moment at={found.next_fire_at} style="relative" />), wide: true },
    { key: "spent", head: texts.columns.spent, align: "right", cell: (bot) => (bot.spent ? money(bot.spent.month) : <span className="c32-dim">–</span>), wide: true },
  ];
  return (
    <DataTable
      label={texts.list}
      columns={columns}
      rows={bots}
      rowKey={(bot) => bot.id}
      rowName={(bot) => bot.name}
      selected={selected}
      onSelect={onSelect}
    />
  );
});

function Name({ bot }: { bot: Bot }) {
  return (
    <div className="c32-bot-name">
      <FavouriteButton id={bot.id} name={bot.name} is={bot.favourite} />
      <div>
        <div className="c32-bot-words">
          <Link className="c32-link" to="/bots/$botId" params={{ botId: bot.id }}>
            {bot.name}
          </Link>
          {bot.kind === "service" && <StatusBadge status={texts.service} tone="quiet" />}
          {bot.tags.slice(0, SHOWN_TAGS).map((tag) => (
            <span key={tag} className="c32-tag c32-wide">
              {tag}
            </span>
          ))}
        </div>
        <div className="c32-bot-note c32-bot-about">{bot.description || bot.title}</div>
      </div>
    </div>
  );
}

function Pointers({ bot }: { bot: Bot }) {
  const pointers = Object.entries(bot.environments);
  const proof = bot.latest_version?.proof;
  return (
    <div className="c32-bot-pointers">
      {pointers.map(([name, pointer]) => (
        <span key={name} className="c32-tag">
          {name} {pointer.number}
        </span>
      ))}
      {proof && proof !== "proven" && <StatusBadge status={proof} />}
      {pointers.length === 0 && proof === "proven" && <span className="c32-dim">{texts.nowhere}</span>}
    </div>
  );
}

function LastRun({ found }: { found: Activity }) {
  if (found.service_status) return <StatusBadge status={found.service_status} />;
  if (!found.last_run) return <span className="c32-dim">{texts.notYet}</span>;
  return (
    <div>
      <Link className="c32-status-link" to="/runs/$runId" params={{ runId: found.last_run.id }}>
        <StatusBadge status={found.last_run.status} />
      </Link>
      <div className="c32-bot-note">
        <Moment at={found.last_run.at} style="relative" />
      </div>
    </div>
  );
}

const TONES = { good: "good", fair: "warn", poor: "bad" } as const;

function Health({ found }: { found: Activity }) {
  return (
    <div>
      <StatusBadge status={found.level} tone={TONES[found.level]} label={`${found.score} ${found.level}`} />
      <div className="c32-bot-note">{found.runs_24h > 0 ? texts.today(found.runs_24h, found.failures_24h) : " "}</div>
    </div>
  );
}
