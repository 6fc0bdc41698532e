import { Card, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { ApiError } from "../../api/client";
import { useNow } from "../../components/clock";
import { moment } from "../../format/moment";
import { scheduleForm as texts } from "../../texts/triggers";
import { nextChange } from "./clocks";
import { isInterval } from "./cron";
import { preview } from "./queries";

const PAUSE_MS = 250;

/** When it would fire, by its own clock, and what the next change of clocks does to it. */
export function NextFires({ cron, zone }: { cron: string; zone: string }) {
  const [asked] = useDebouncedValue(cron, PAUSE_MS);
  const found = useQuery({ ...preview(asked, zone), enabled: asked !== "", placeholderData: keepPreviousData });
  const wrong = found.error instanceof ApiError ? (found.error.problem.errors?.[0]?.detail ?? found.error.message) : found.error?.message;
  return (
    <Card padding="sm" role="status" aria-live="polite" mih="10.5rem">
      <Text size="sm" fw={600}>
        {texts.preview}
      </Text>
      {wrong ? (
        <Text size="sm" c="var(--c32-bad)">
          {wrong}
        </Text>
      ) : (
        <ul className="c32-bare-list">
          {found.data?.next_fires.map((at) => (
            <li key={at}>{moment(at, "full", zone)}</li>
          ))}
          {found.data?.next_fires.length === 0 && <li>{texts.previewEmpty}</li>}
        </ul>
      )}
      <ClockNote cron={cron} zone={zone} />
    </Card>
  );
}

function ClockNote({ cron, zone }: { cron: string; zone: string }) {
  const day = Math.floor(useNow() / 86_400_000);
  const change = useMemo(() => nextChange(zone, day * 86_400_000), [zone, day]);
  const way = change?.forward ? "forward" : "back";
  const effect = (isInterval(cron) ? texts.clocks.interval : texts.clocks.wall)[way];
  return (
    <Text size="xs" className="c32-dim" mt="xs">
      {change ? `${texts.clocks.change(zone, change.forward, moment(change.at, "day", zone))} ${effect}` : texts.clocks.none(zone)}
    </Text>
  );
}
