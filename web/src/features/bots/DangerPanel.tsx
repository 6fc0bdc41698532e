import { Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import { ConfirmButton } from "../../components/ConfirmButton";
import { Section } from "../../components/Section";
import { bot as botTexts, danger as texts } from "../../texts/bots";
import type { PanelProps } from "./BotPage";

/** What is not done by the way: archive, restore, delete. */
export default function DangerPanel({ bot, botRef }: PanelProps) {
  const client = useQueryClient();
  const may = useMay()("bots:write");
  const navigate = useNavigate();

  async function act(method: "POST" | "DELETE", path: string, message: string) {
    // By id, here and in the address: a deleted bot has no name any more.
    await call(`/bots/${bot.id}${path}`, { method });
    notifications.show({ message });
    if (method === "DELETE") await navigate({ to: "/bots/$botId", params: { botId: bot.id }, search: { tab: "danger" } });
    await Promise.all([client.invalidateQueries({ queryKey: ["bot", botRef] }), client.invalidateQueries({ queryKey: ["bots"] })]);
  }

  // Keys: a dialog of one action must not become that of the other when the state changes under it.
  if (!may) return <Text className="c32-dim">{botTexts.may}</Text>;
  return (
    <Stack>
      {bot.status === "active" ? (
        <Section key="archive" title={texts.archive}>
          <Text size="sm" mb="sm">
            {texts.archiveText}
          </Text>
          <Group>
          <ConfirmButton
            label={texts.archive}
            title={texts.archiveTitle(bot.name)}
            action={texts.archive}
            onConfirm={() => act("POST", "/archive", texts.archived)}
          >
            {texts.archiveText}
          </ConfirmButton>
          </Group>
        </Section>
      ) : (
        <Section key="restore" title={texts.restore}>
          <Text size="sm" mb="sm">
            {texts.restoreText}
          </Text>
          <Group>
          <ConfirmButton
            label={texts.restore}
            title={texts.restoreTitle(bot.name)}
            action={texts.restore}
            onConfirm={() => act("POST", "/restore", texts.restored)}
          >
            {texts.restoreText}
          </ConfirmButton>
          </Group>
        </Section>
      )}
      {bot.status !== "deleted" && (
        <Section title={texts.remove}>
          <Text size="sm" mb="sm">
            {texts.removeText}
          </Text>
          <Group>
          <ConfirmButton
            color="red"
            variant="outline"
            label={texts.remove}
            title={texts.removeTitle(bot.name)}
            action={texts.remove}
            word={bot.name}
            onConfirm={() => act("DELETE", "", texts.deleted)}
          >
            {texts.removeText}
          </ConfirmButton>
          </Group>
        </Section>
      )}
    </Stack>
  );
}
