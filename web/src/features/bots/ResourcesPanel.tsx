import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ChartLine } from "lucide-react";
import { useMemo } from "react";

import { TimeChart } from "../../components/charts/TimeChart";
import { Answered } from "../../components/Answered";
import { EmptyState } from "../../components/EmptyState";
import { Section } from "../../components/Section";
import { Stat } from "../../components/Stat";
import { duration } from "../../format/duration";
import { size } from "../../format/size";
import { resources as texts } from "../../texts/bots";
import type { PanelProps } from "./BotPage";
import * as queries from "./queries";
import { bytesOf, most, quantile, seriesOf, sum, type RunUse } from "./use";

const CHART_HEIGHT = 150;
const seconds = (value: number) => duration(value * 1000);

/** Time, memory and processor of the latest runs, each a point. */
export default function ResourcesPanel({ bot, botRef }: PanelProps) {
  const found = useQuery(queries.resources(botRef));
  const version = useQuery(queries.version(botRef, bot.latest_version?.id ?? ""));
  const limits = version.data?.manifest.limits as { memory?: unknown } | undefined;
  return (
    <Answered query={found} rows={3} height={180}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState icon={ChartLine} title={texts.empty} />
        ) : (
          <Use runs={items} memoryLimit={bytesOf(limits?.memory)} />
        )
      }
    </Answered>
  );
}

function Use({ runs, memoryLimit }: { runs: readonly RunUse[]; memoryLimit: number | undefined }) {
  const series = useMemo(() => seriesOf(runs), [runs]);
  const lines = useMemo(
    () => ({
      duration: [{ label: texts.duration, tone: "main" as const, values: series.duration }],
      memory: [{ label: texts.memory, tone: "busy" as const, values: series.memory }],
      cpu: [{ label: texts.cpu, tone: "good" as const, values: series.cpu }],
    }),
    [series],
  );
  return (
    <Stack>
      <Text size="sm" className="c32-dim">
        {texts.title}
      </Text>
      <div className="c32-tiles">
        <Stat label={texts.median} value={duration(quantile(series.duration, 0.5))} hint={texts.count(runs.length)} />
        <Stat label={texts.slow} value={duration(quantile(series.duration, 0.95))} />
        <Stat label={texts.peak} value={size(most(series.memory))} hint={memoryLimit === undefined ? " " : texts.ofLimit(size(memoryLimit))} />
        <Stat label={texts.cpuAll} value={seconds(sum(series.cpu))} />
      </div>
      <Section title={texts.duration}>
        <TimeChart label={texts.duration} at={series.at} lines={lines.duration} height={CHART_HEIGHT} format={duration} />
      </Section>
      <div className="c32-columns">
        <Section title={texts.memory}>
          <TimeChart label={texts.memory} at={series.at} lines={lines.memory} height={CHART_HEIGHT} format={size} />
        </Section>
        <Section title={texts.cpu}>
          <TimeChart label={texts.cpu} at={series.at} lines={lines.cpu} height={CHART_HEIGHT} format={seconds} />
        </Section>
      </div>
    </Stack>
  );
}
