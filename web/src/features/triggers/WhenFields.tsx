import { Group, NumberInput, Select, TextInput } from "@mantine/core";

import { zonesWith } from "../../format/zones";
import { scheduleForm as texts } from "../../texts/triggers";
import { INTERVALS, toCron, type Kind, type Plan } from "./cron";

const KINDS = Object.entries(texts.kinds).map(([value, label]) => ({ value, label }));
const DAYS = texts.days.map((label, index) => ({ value: String(index + 1), label }));
const EVERY = INTERVALS.map(String);

interface Props {
  plan: Plan;
  zone: string;
  onPlan: (plan: Plan) => void;
  onZone: (zone: string) => void;
}

/** When it fires, in plain choices; whoever wants more writes the expression. */
export function WhenFields({ plan, zone, onPlan, onZone }: Props) {
  const set = (change: Partial<Plan>) => onPlan({ ...plan, ...change });
  // The expression goes on from what the choices meant.
  const choose = (kind: Kind) => set(kind === "cron" ? { kind, cron: toCron(plan) } : { kind });
  return (
    <>
      <Group gap="sm" align="flex-start" grow preventGrowOverflow={false}>
        <Select
          label={texts.often}
          data={KINDS}
          allowDeselect={false}
          value={plan.kind}
          onChange={(value) => choose((value ?? "weekdays") as Kind)}
        />
        <Detail plan={plan} set={set} />
      </Group>
      <Select label={texts.zone} data={zonesWith(zone)} searchable limit={50} allowDeselect={false} value={zone} onChange={(value) => onZone(value ?? "UTC")} />
    </>
  );
}

function Detail({ plan, set }: { plan: Plan; set: (change: Partial<Plan>) => void }) {
  const time = (
    <TextInput
      type="time"
      label={texts.time}
      required
      withAsterisk={false}
      value={plan.time}
      onChange={(event) => set({ time: event.currentTarget.value || "00:00" })}
    />
  );
  switch (plan.kind) {
    case "minutes":
      return <Select label={texts.every} data={EVERY} allowDeselect={false} value={String(plan.every)} onChange={(value) => set({ every: Number(value) })} />;
    case "hours":
      return (
        <NumberInput
          label={texts.minute}
          min={0}
          max={59}
          allowDecimal={false}
          value={Number(plan.time.slice(3))}
          onChange={(minute) => set({ time: `00:${String(Number(minute)).padStart(2, "0")}` })}
        />
      );
    case "week":
      return (
        <>
          <Select label={texts.weekday} data={DAYS} allowDeselect={false} value={String(plan.weekday)} onChange={(value) => set({ weekday: Number(value) })} />
          {time}
        </>
      );
    case "month":
      return (
        <>
          <NumberInput
            label={texts.date}
            min={1}
            max={31}
            allowDecimal={false}
            description={plan.date > 28 ? texts.dateNote : undefined}
            inputWrapperOrder={["label", "input", "description", "error"]}
            value={plan.date}
            onChange={(date) => set({ date: Number(date) || 1 })}
          />
          {time}
        </>
      );
    case "cron":
      return (
        <TextInput
          label={texts.cron}
          description={texts.cronHint}
          inputWrapperOrder={["label", "input", "description", "error"]}
          spellCheck={false}
          value={plan.cron}
          onChange={(event) => set({ cron: event.currentTarget.value })}
        />
      );
    default:
      return time;
  }
}
