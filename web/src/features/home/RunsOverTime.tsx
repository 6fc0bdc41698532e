import { SegmentedControl, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { Answered } from "../../components/Answered";
import { TimeChart } from "../../components/charts/TimeChart";
import { useNow } from "../../components/clock";
import { Section } from "../../components/Section";
import { useAddress } from "../../components/useAddress";
import { home } from "../../texts/home";
import { series, type Series } from "./queries";

const { series: texts } = home;
const HEIGHT = 160;
const HOUR_MS = 3_600_000;
type Span = keyof typeof texts.spans;
const SPANS = Object.entries(texts.spans).map(([value, label]) => ({ value: value as Span, label }));

export function RunsOverTime() {
  const [, change] = useAddress();
  const span = useSpan();
  const found = useQuery({ ...useSeries(), placeholderData: keepPreviousData });
  return (
    <Section
      title={texts.title}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={texts.span}
          data={SPANS}
          value={span}
          onChange={(value) => change({ span: value === "24h" ? "" : value })}
        />
      }
    >
      <Answered query={found} rows={1} height={HEIGHT + 50}>
        {(data) => (data.total.total === 0 ? <Text className="c32-dim">{texts.none}</Text> : <Chart points={data.points} />)}
      </Answered>
    </Section>
  );
}

function useSpan(): Span {
  const [address] = useAddress();
  return SPANS.find((one) => one.value === address.span)?.value ?? "24h";
}

/** A week is asked for from a full hour, so that the question stays the same for a while. */
export function useSeries() {
  const span = useSpan();
  const hour = Math.floor(useNow() / HOUR_MS);
  if (span === "7d") return series("hour", new Date((hour - 7 * 24) * HOUR_MS).toISOString());
  return series(span === "24h" ? "hour" : "day");
}

function Chart({ points }: { points: Series["points"] }) {
  const { at, lines } = useMemo(
    () => ({
      at: points.map((point) => Date.parse(point.at) / 1000),
      lines: [
        { label: texts.succeeded, tone: "good", values: points.map((point) => point.succeeded) },
        { label: texts.failed, tone: "bad", values: points.map((point) => point.failed + point.timed_out) },
        { label: texts.cancelled, tone: "quiet", values: points.map((point) => point.cancelled) },
        { label: texts.open, tone: "busy", values: points.map((point) => point.queued + point.running + point.waiting) },
      ] as const,
    }),
    [points],
  );
  return <TimeChart label={texts.title} kind="bars" height={HEIGHT} at={at} lines={lines} />;
}
