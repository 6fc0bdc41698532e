import { Alert, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useMay } from "../../../api/rights";
import type { Schemas } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { More } from "../../../components/More";
import { useAddress } from "../../../components/useAddress";
import { bot as botTexts, code as texts } from "../../../texts/bots";
import type { PanelProps } from "../BotPage";
import * as queries from "../queries";
import { Editor } from "./Editor";
import { ProofNote } from "./ProofNote";

type Deployed = Schemas["DeployedView"];

/** The files of a version. The newest can be changed, which makes the next one; older ones are only looked at. */
export default function CodePanel({ bot, botRef }: PanelProps) {
  const [address, change] = useAddress();
  const client = useQueryClient();
  const may = useMay()("bots:write");
  // The version that is being worked on stays, though somebody else may make a newer one meanwhile.
  const [base, setBase] = useState(bot.latest_version?.id ?? "");
  const [saved, setSaved] = useState<Deployed>();
  const newest = bot.latest_version?.id ?? "";
  const shown = address.version ?? base;
  const version = useQuery(queries.version(botRef, shown));
  const files = useQuery(queries.files(botRef, shown));
  const editable = version.data?.id === base && bot.status === "active" && may;

  function openNewest() {
    setBase(newest);
    change({ version: "" });
  }

  function made(deployed: Deployed) {
    setSaved(deployed);
    setBase(deployed.version.id);
    change({ version: "" });
    void client.invalidateQueries({ queryKey: ["bot", botRef] });
  }

  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-end">
        <VersionChoice botRef={botRef} shown={version.data?.number} onChoose={(number) => change({ version: number, file: "" })} />
        {!may && <Text className="c32-dim">{texts.viewer}</Text>}
      </Group>
      {version.data && version.data.id !== newest && (
        <Alert color="yellow" role="status" py="xs">
          {texts.older}{" "}
          <button type="button" className="c32-textbutton" onClick={openNewest}>
            {botTexts.tabs.code}: {texts.newest}
          </button>
        </Alert>
      )}
      {saved && <ProofNote botRef={botRef} deployed={saved} />}
      <Answered query={version} rows={2}>
        {(found) => (
          <Answered query={files} rows={1} height={420}>
            {({ items }) => <Editor key={found.id} botRef={botRef} version={found} files={items} editable={editable} onSaved={made} />}
          </Answered>
        )}
      </Answered>
    </Stack>
  );
}

function VersionChoice({ botRef, shown, onChoose }: { botRef: string; shown: number | undefined; onChoose: (number: string) => void }) {
  const list = useInfiniteQuery(queries.versions(botRef));
  const known = list.data?.pages.flatMap((page) => page.items) ?? [];
  const options = known.map((one) => ({ value: String(one.number), label: texts.versionOf(one.number, one.environments.join(", ")) }));
  if (shown !== undefined && !options.some((one) => one.value === String(shown))) options.push({ value: String(shown), label: texts.versionOf(shown, "") });
  return (
    <Group gap="xs" align="flex-end">
      <NativeSelect
        label={texts.version}
        data={options}
        value={shown === undefined ? "" : String(shown)}
        onChange={(event) => onChoose(event.currentTarget.value === options[0]?.value ? "" : event.currentTarget.value)}
      />
      <More of={list} />
    </Group>
  );
}
