import { Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Moment } from "../../components/Moment";
import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import { duration } from "../../format/duration";
import { common } from "../../texts/common";
import { home } from "../../texts/home";
import { useRecentRuns } from "./useRecentRuns";

const { activity: texts } = home;

/** The latest runs as they happen, by server-sent events. */
export function Activity() {
  const { runs, live } = useRecentRuns();
  return (
    <Section
      title={texts.title}
      actions={
        <Group gap="sm">
          {live && <StatusBadge status="live" tone="good" label={common.live} />}
          <Link className="c32-link" to="/runs">
            {texts.all}
          </Link>
        </Group>
      }
    >
      {live && runs.length === 0 && <Text className="c32-dim">{texts.none}</Text>}
      <ul className="c32-glance c32-activity" aria-label={texts.label}>
        {runs.map((run) => (
          <li key={run.id}>
            <StatusBadge status={run.status} />
            <Link className="c32-link" to="/runs/$runId" params={{ runId: run.id }} aria-label={texts.run(run.bot_name, run.status)}>
              {run.bot_name}
            </Link>
            <span className="c32-dim c32-wide">{run.trigger.kind}</span>
            <span className="c32-dim c32-end">
              <span className="c32-wide">{run.finished_at ? duration(run.duration_ms) : ""}</span> <Moment at={run.created_at} style="relative" />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
