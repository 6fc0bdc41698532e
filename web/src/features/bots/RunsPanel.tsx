import { Group, NativeSelect } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";

import { useLive } from "../../api/live";
import { More } from "../../components/More";
import { useAddress } from "../../components/useAddress";
import { botRuns as texts } from "../../texts/bots";
import type { PanelProps } from "./BotPage";
import { BotRuns } from "./BotRuns";
import * as queries from "./queries";

/** All runs of this bot, newest first; its filters are in the address. */
export default function RunsPanel({ bot, botRef }: PanelProps) {
  const [address, change] = useAddress();
  const filter = { status: address.status, environment: address.environment, trigger: address.trigger };
  const list = useInfiniteQuery({ ...queries.runs(botRef, filter), refetchInterval: 5000 });
  // Many runs may end in one moment; the list is asked for once.
  const refresh = useDebouncedCallback(() => void list.refetch(), 500);
  useLive(`/runs/stream?bot=${encodeURIComponent(bot.id)}`, { run: refresh });
  const narrowed = Object.values(filter).some(Boolean);
  return (
    <>
      <Group gap="xs" mb="sm">
        <Choice name={texts.status} of={texts.statuses} value={address.status} onChange={(status) => change({ status })} />
        <Choice name={texts.environment} of={Object.keys(bot.environments)} value={address.environment} onChange={(environment) => change({ environment })} />
        <Choice name={texts.trigger} of={Object.keys(texts.triggers)} value={address.trigger} onChange={(trigger) => change({ trigger })} />
      </Group>
      <div className="c32-sheet c32-sheet-padded">
        <BotRuns rows={list.data?.pages.flatMap((page) => page.items)} error={list.error} empty={narrowed ? texts.empty : texts.never} />
      </div>
      <More of={list} />
    </>
  );
}

function Choice(props: { name: string; of: readonly string[]; value: string | undefined; onChange: (value: string) => void }) {
  return (
    <NativeSelect
      size="xs"
      aria-label={props.name}
      data={[{ value: "", label: `${props.name}: ${texts.any}` }, ...props.of.map((value) => ({ value, label: value.replaceAll("_", " ") }))]}
      value={props.value ?? ""}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
