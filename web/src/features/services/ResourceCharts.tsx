import { SegmentedControl, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { Answered } from "../../components/Answered";
import { TimeChart } from "../../components/charts/TimeChart";
import { Section } from "../../components/Section";
import { useAddress } from "../../components/useAddress";
import { size } from "../../format/size";
import { service as texts } from "../../texts/services";
import { resources, type Resources } from "./queries";

const RANGES = Object.entries(texts.ranges).map(([value, label]) => ({ value, label }));
const FIRST = "1";
const HEIGHT = 150;

/** How far back the address looks. */
export function useHours(): string {
  const [{ hours }] = useAddress();
  return RANGES.some((range) => range.value === hours) ? (hours ?? FIRST) : FIRST;
}

/** What the replicas used together, over an hour, a day or a week. */
export function ResourceCharts({ id }: { id: string }) {
  const [, change] = useAddress();
  const hours = useHours();
  const used = useQuery({ ...resources(id, hours), placeholderData: keepPreviousData });
  return (
    <Section
      title={texts.resources}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={texts.range}
          data={RANGES}
          value={hours}
          onChange={(value) => change({ hours: value === FIRST ? "" : value })}
        />
      }
    >
      <Answered query={used} rows={1} height={HEIGHT + 50}>
        {(found) => (found.items.length > 0 ? <Charts items={found.items} /> : <Text className="c32-dim">{texts.noResources}</Text>)}
      </Answered>
    </Section>
  );
}

function Charts({ items }: { items: Resources["items"] }) {
  const at = items.map((item) => Date.parse(item.at) / 1000);
  const values = (key: "cpu" | "memory" | "bytes_in" | "bytes_out") => items.map((item) => item[key]);
  return (
    <div className="c32-columns c32-thirds">
      <TimeChart label={texts.cpu} height={HEIGHT} at={at} format={cores} lines={[{ label: texts.cpu, tone: "main", values: values("cpu") }]} />
      <TimeChart label={texts.memory} height={HEIGHT} at={at} format={size} lines={[{ label: texts.memory, tone: "busy", values: values("memory") }]} />
      <TimeChart
        label={texts.network}
        height={HEIGHT}
        at={at}
        format={size}
        lines={[
          { label: texts.bytesIn, tone: "good", values: values("bytes_in") },
          { label: texts.bytesOut, tone: "warn", values: values("bytes_out") },
        ]}
      />
    </div>
  );
}

const cores = (value: number) => value.toFixed(value < 0.1 ? 3 : 2);
