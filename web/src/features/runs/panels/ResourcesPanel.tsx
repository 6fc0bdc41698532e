import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Cpu } from "lucide-react";
import { useMemo } from "react";

import type { Schemas } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { EmptyState } from "../../../components/EmptyState";
import { Section } from "../../../components/Section";
import { Stat } from "../../../components/Stat";
import { TimeChart, type Line } from "../../../components/charts/TimeChart";
import { run as texts } from "../../../texts/runs";
import { duration } from "../../../format/duration";
import { size } from "../../../format/size";
import * as queries from "../queries";

const words = texts.resources;
type Sample = Schemas["ResourceSampleView"];

/** What a run used while it ran; of a short one only the sums are known. */
export function ResourcesPanel({ runId, goesOn }: { runId: string; goesOn: boolean }) {
  const resources = useQuery(queries.resources(runId, goesOn));
  return (
    <Answered query={resources} height={80}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState icon={Cpu} title={words.empty}>
            {words.emptyText}
          </EmptyState>
        ) : (
          <Measured samples={items} />
        )
      }
    </Answered>
  );
}

const most = (values: (number | null)[]) => Math.max(0, ...values.map((value) => value ?? 0));
const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
const cores = (value: number) => value.toFixed(2);

function Measured({ samples }: { samples: Sample[] }) {
  const at = useMemo(() => samples.map((sample) => Date.parse(sample.at) / 1000), [samples]);
  const cpu = useMemo<Line[]>(() => [{ label: words.cpu, tone: "busy", values: samples.map((sample) => sample.cpu) }], [samples]);
  const memory = useMemo<Line[]>(() => [{ label: words.memory, tone: "main", values: samples.map((sample) => sample.memory) }], [samples]);
  return (
    <Stack>
      <div className="c32-tiles">
        <Stat label={words.cpuSeconds} value={duration(sum(samples.map((sample) => sample.cpu_seconds)) * 1000)} />
        <Stat label={words.peak} value={size(most(samples.map((sample) => sample.memory)))} />
        <Stat label={words.received} value={size(sum(samples.map((sample) => sample.bytes_in)))} />
        <Stat label={words.sent} value={size(sum(samples.map((sample) => sample.bytes_out)))} />
      </div>
      {samples.length > 1 && (
        <div className="c32-columns">
          <Section title={words.cpuChart}>
            <TimeChart label={words.cpuChart} at={at} lines={cpu} format={cores} />
          </Section>
          <Section title={words.memoryChart}>
            <TimeChart label={words.memoryChart} at={at} lines={memory} format={size} />
          </Section>
        </div>
      )}
    </Stack>
  );
}
