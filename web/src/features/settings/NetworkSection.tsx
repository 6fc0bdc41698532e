import { Button, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import { Answered } from "../../components/Answered";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { useChange } from "../../components/useChange";
import { common } from "../../texts/common";
import { settings } from "../../texts/settings";
import { workspace, type Workspace } from "./queries";

const texts = settings.network;

export function NetworkSection() {
  const found = useQuery(workspace());
  return (
    <Section title={settings.sections.network}>
      <Text size="sm" className="c32-dim" mb="sm">
        {texts.about}
      </Text>
      <Answered query={found} rows={2}>
        {(data) => <HostsForm workspace={data} />}
      </Answered>
    </Section>
  );
}

function HostsForm({ workspace: present }: { workspace: Workspace }) {
  const may = useMay()("workspace:write");
  const [text, setText] = useState((present.egress_hosts ?? []).join("\n"));
  const hosts = text.split(/\s+/).filter(Boolean);
  const save = useChange(
    () => call("/workspace", { method: "PATCH", body: { egress_hosts: hosts } }),
    [["workspace"]],
    () => notifications.show({ message: common.saved }),
  );

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    save.mutate(undefined);
  }

  return (
    <form onSubmit={submit}>
      <Stack maw="32rem">
        <Textarea
          label={texts.hosts}
          description={texts.hostsHint}
          autosize
          minRows={4}
          disabled={!may}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {hosts.length === 0 && <Text size="sm">{texts.open}</Text>}
        {save.error && <ProblemNote error={save.error} />}
        <Button type="submit" w="fit-content" disabled={!may} loading={save.isPending}>
          {texts.save}
        </Button>
      </Stack>
    </form>
  );
}
