import { Autocomplete, Button, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import { Answered } from "../../components/Answered";
import { Moment } from "../../components/Moment";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { useChange } from "../../components/useChange";
import { common } from "../../texts/common";
import { settings } from "../../texts/settings";
import { workspace, type Workspace } from "./queries";
import { ZONES } from "../../format/zones";

const texts = settings.workspace;

export function WorkspaceSection() {
  const found = useQuery(workspace());
  return (
    <Section title={settings.sections.workspace}>
      <Answered query={found} rows={3}>
        {(data) => <WorkspaceForm workspace={data} key={data.id} />}
      </Answered>
    </Section>
  );
}

function WorkspaceForm({ workspace: present }: { workspace: Workspace }) {
  const may = useMay()("workspace:write");
  const [name, setName] = useState(present.name);
  const [zone, setZone] = useState(present.timezone);
  const save = useChange(
    () => call("/workspace", { method: "PATCH", body: { name, timezone: zone } }),
    [["workspace"], ["me"]],
    () => notifications.show({ message: common.saved }),
  );

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    save.mutate(undefined);
  }

  return (
    <form onSubmit={submit}>
      <Stack maw="28rem">
        {!may && <Text size="sm">{texts.onlyOwners}</Text>}
        <TextInput label={texts.name} value={name} disabled={!may} onChange={(event) => setName(event.currentTarget.value)} />
        <Autocomplete label={texts.zone} description={texts.zoneHint} data={ZONES} limit={20} value={zone} disabled={!may} onChange={setZone} />
        <Text size="sm" className="c32-dim c32-break">
          {texts.slug}: <code>{present.slug}</code> · {texts.id}: <code>{present.id}</code> · {texts.made} <Moment at={present.created_at} style="day" />
        </Text>
        {save.error && <ProblemNote error={save.error} />}
        <Button type="submit" w="fit-content" loading={save.isPending} disabled={!may || (name === present.name && zone === present.timezone)}>
          {common.save}
        </Button>
      </Stack>
    </form>
  );
}
