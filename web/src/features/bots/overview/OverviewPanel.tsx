import { Button, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { Answered } from "../../../components/Answered";
import { Moment } from "../../../components/Moment";
import { Section } from "../../../components/Section";
import { Stat } from "../../../components/Stat";
import { StatusBadge } from "../../../components/StatusBadge";
import { Words } from "../../../components/Words";
import { useAddress } from "../../../components/useAddress";
import { money } from "../../../format/money";
import { percent } from "../../../format/size";
import { overview as texts } from "../../../texts/bots";
import type { Bot, Run, Schemas } from "../../../api/types";
import { ExplainPanel } from "../../builder/panels/ExplainPanel";
import { SimilarBots } from "../../builder/panels/SimilarBots";
import { SuggestionsPanel } from "../../builder/panels/SuggestionsPanel";
import { BotRuns } from "../BotRuns";
import type { PanelProps } from "../BotPage";
import * as queries from "../queries";

type Health = Schemas["BotHealthView"];

const TONES = { good: "good", fair: "warn", poor: "bad" } as const;

export function OverviewPanel({ bot, botRef }: PanelProps) {
  const health = useQuery(queries.health(botRef));
  const latest = useInfiniteQuery(queries.latest(botRef));
  return (
    <Stack>
      <Numbers bot={bot} health={health.data} />
      <Latest rows={latest.data?.pages[0]?.items} error={latest.error} />
      {/* Not before what stands above has its height. */}
      {!latest.isPending && (
        <div className="c32-columns">
          <Stack>
            <Section title={texts.health}>
              <Answered query={health} rows={2}>
                {(found) => <Reasons health={found} />}
              </Answered>
            </Section>
            <ExplainPanel botId={botRef} />
          </Stack>
          <Stack>
            <SuggestionsPanel botId={botRef} />
            <SimilarBots botId={botRef} />
          </Stack>
        </div>
      )}
    </Stack>
  );
}

/** The tiles are there before their numbers, so that nothing below them moves. */
function Numbers({ bot, health }: { bot: Bot; health: Health | undefined }) {
  const rate = health?.success_rate;
  return (
    <div className="c32-tiles">
      <Stat
        label={texts.health}
        value={health ? <StatusBadge status={health.level} tone={TONES[health.level]} label={`${health.score} · ${texts.levels[health.level]}`} /> : "…"}
      />
      <Stat label={texts.success} value={rate === undefined ? "…" : rate === null ? "–" : percent(rate)} hint={texts.successHint} />
      <Stat label={texts.runs} value={health?.runs_24h ?? "…"} hint={health ? texts.failures(health.failures_24h) : " "} />
      {health?.service_status ? (
        <Stat label={texts.service} value={<StatusBadge status={health.service_status} />} />
      ) : (
        <Stat
          label={texts.next}
          value={health?.next_fire_at ? <Moment at={health.next_fire_at} style="relative" /> : "–"}
          hint={health?.next_fire_at ? <Moment at={health.next_fire_at} style="short" /> : texts.nothingStarts}
        />
      )}
      <Stat label={texts.spent} value={money(bot.spent?.month ?? "0")} hint={bot.spent ? texts.spentToday(money(bot.spent.today)) : texts.nothingSpent} />
    </div>
  );
}

function Reasons({ health }: { health: Health }) {
  if (health.reasons.length === 0) return <Text size="sm">{texts.well}</Text>;
  return (
    <ul className="c32-reasons">
      {health.reasons.map((reason) => (
        <li key={reason.code}>
          <b className="c32-reason-points">{texts.points(reason.points)}</b>
          <div>
            <Text size="sm">{reason.detail}</Text>
            <Text size="sm" className="c32-dim">
              {reason.next_step.startsWith("codex32 ") ? <code>{reason.next_step}</code> : <Words text={reason.next_step} />}
            </Text>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Latest({ rows, error }: { rows: readonly Run[] | undefined; error: Error | null }) {
  const [, change] = useAddress();
  return (
    <Section
      title={texts.latest}
      actions={
        rows?.length ? (
          <Button size="xs" variant="default" onClick={() => change({ tab: "runs" })}>
            {texts.allRuns}
          </Button>
        ) : undefined
      }
    >
      <BotRuns rows={rows} error={error} empty={texts.neverRan} />
    </Section>
  );
}
