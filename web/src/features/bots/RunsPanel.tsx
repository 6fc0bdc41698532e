import { Group, NativeSelect } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";

import { useLive } from "../../api/live";
import { More } from "../../components/More";
import { useAddress } from "../../components/useAddress";
import { botRuns as texts } from "../../texts/bots";
import { statuses, triggers } from "../../texts/runs";
import type { PanelProps } from "./BotPage";
import { BotRuns } from "./BotRuns";
import * as queries from "./queries";

/** Where there is no stream. */
const ASK_MS = 5000;

/** All runs of this bot, newest first; its filters are in the address. */
export default function RunsPanel({ bot, botRef }: PanelProps) {
  const [address, change] = useAddress();
  const filter = { status: address.status, environment: address.environment, trigger: address.trigger };
  const options = queries.runs(botRef, filter);
  const client = useQueryClient();
  // Many runs may end in one moment; the list is asked for once.
  const refresh = useDebouncedCallback(() => void client.invalidateQueries({ queryKey: options.queryKey }), 500);
  const live = useLive(`/runs/stream?bot=${encodeURIComponent(bot.id)}`, { run: refresh }, refresh);
  const list = useInfiniteQuery({ ...options, refetchInterval: live ? false : ASK_MS });
  const narrowed = Object.values(filter).some(Boolean);
  return (
    <>
      <Group gap="xs" mb="sm">
        <Choice name={texts.status} of={statuses} value={address.status} onChange={(status) => change({ status })} />
        <Choice name={texts.environment} of={Object.fromEntries(Object.keys(bot.environments).map((name) => [name, name]))} value={address.environment} onChange={(environment) => change({ environment })} />
        <Choice name={texts.trigger} of={triggers} value={address.trigger} onChange={(trigger) => change({ trigger })} />
      </Group>
      <div className="c32-sheet c32-sheet-padded">
        <BotRuns rows={list.data?.pages.flatMap((page) => page.items)} error={list.error} empty={narrowed ? texts.empty : texts.never} />
      </div>
      <More of={list} />
    </>
  );
}

function Choice(props: { name: string; of: Record<string, string>; value: string | undefined; onChange: (value: string) => void }) {
  return (
    <NativeSelect
      size="xs"
      aria-label={props.name}
      data={[{ value: "", label: `${props.name}: ${texts.any}` }, ...Object.entries(props.of).map(([value, label]) => ({ value, label }))]}
      value={props.value ?? ""}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
