import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Answered } from "../../../components/Answered";
import { Section } from "../../../components/Section";
import { useAddress } from "../../../components/useAddress";
import type { Version } from "../../../api/types";
import { settings as texts } from "../../../texts/bots";
import type { PanelProps } from "../BotPage";
import * as queries from "../queries";
import { listOf, tableOf } from "../versions/permissions";
import { BotSecrets } from "./BotSecrets";
import { Remembered } from "./Remembered";

/** What the bot is given: secrets, memory, and what its manifest says. */
export default function SettingsPanel({ bot, botRef }: PanelProps) {
  const version = useQuery(queries.version(botRef, bot.latest_version?.id ?? ""));
  return (
    <Stack>
      <Answered query={version} rows={4}>
        {(found) => (
          <>
            <BotSecrets bot={bot} manifest={found.manifest} />
            <ManifestFacts version={found} tags={bot.tags} />
          </>
        )}
      </Answered>
      <Remembered bot={bot} botRef={botRef} />
    </Stack>
  );
}

function ManifestFacts({ version, tags }: { version: Version; tags: readonly string[] }) {
  const [, change] = useAddress();
  const { manifest } = version;
  const table = (key: string) => tableOf(manifest, key).map(([name, value]) => `${name} ${value}`);
  const rows: [string, readonly string[]][] = [
    [texts.network, listOf(manifest, "network")],
    [texts.isolation, typeof manifest.isolation === "string" ? [manifest.isolation] : []],
    [texts.limits, table("limits")],
    [texts.retries, table("retries")],
    [texts.dependencies, version.dependencies],
  ];
  return (
    <Section
      title={texts.manifest}
      actions={
        <Button size="xs" variant="default" onClick={() => change({ tab: "code" })}>
          {texts.edit}
        </Button>
      }
    >
      <Text size="sm" className="c32-dim" mb="xs">
        {texts.manifestHint}
      </Text>
      <dl className="c32-bot-facts">
        <div>
          <dt>{texts.tags}</dt>
          <dd>
            <Group gap={4}>
              {tags.length === 0
                ? texts.noTags
                : tags.map((tag) => (
                    <Badge key={tag} size="sm" variant="default" tt="none">
                      {tag}
                    </Badge>
                  ))}
            </Group>
          </dd>
        </div>
        {rows.map(([name, values]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{values.length === 0 ? texts.none : values.join(" · ")}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
