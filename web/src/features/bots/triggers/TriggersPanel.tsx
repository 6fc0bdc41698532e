import { Stack } from "@mantine/core";

import type { PanelProps } from "../BotPage";
import { Schedules } from "./Schedules";
import { Webhooks } from "./Webhooks";

/** What starts this bot by itself. */
export default function TriggersPanel({ bot, botRef }: PanelProps) {
  return (
    <Stack>
      <Schedules bot={bot} botRef={botRef} />
      <Webhooks bot={bot} botRef={botRef} />
    </Stack>
  );
}
