import { Button, Group, Modal, NativeSelect, PasswordInput, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../../api/client";
import { asked } from "../../../api/queries";
import { useMay } from "../../../api/rights";
import type { Bot } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { DataTable, type Column } from "../../../components/DataTable";
import { ProblemNote } from "../../../components/ProblemNote";
import { Section } from "../../../components/Section";
import { StatusBadge } from "../../../components/StatusBadge";
import { common } from "../../../texts/common";
import { settings as texts } from "../../../texts/bots";
import * as queries from "../queries";
import { secretsOf } from "../versions/permissions";
import { reachOf } from "./secrets";

type Needed = ReturnType<typeof secretsOf>[number];

/** The secrets that the manifest names, and whether they are set where the bot runs. Values go in and never come out. */
export function BotSecrets({ bot, manifest }: { bot: Bot; manifest: Record<string, unknown> }) {
  const may = useMay();
  const needed = secretsOf(manifest);
  const stored = useQuery(queries.secrets(may("secrets:read")));
  const [setting, setSetting] = useState<string>();
  const environments = Object.keys(bot.environments).length > 0 ? Object.keys(bot.environments) : ["dev"];
  if (needed.length === 0) {
    return (
      <Section title={texts.secrets}>
        <Text className="c32-dim">{texts.noSecrets}</Text>
      </Section>
    );
  }
  return (
    <Section title={texts.secrets}>
      {!may("secrets:read") ? (
        <Text size="sm" className="c32-dim">
          {texts.mayNot} {needed.map((one) => one.name).join(", ")}
        </Text>
      ) : (
        <Answered query={stored} rows={needed.length}>
          {({ items }) => {
            const columns: Column<Needed>[] = [
              { key: "name", head: texts.secretName, cell: (one) => <Name one={one} /> },
              ...environments.map(
                (environment): Column<Needed> => ({
                  key: environment,
                  head: environment,
                  cell: (one) => <Reach of={reachOf(items, one.name, environment)} />,
                }),
              ),
              {
                key: "actions",
                head: common.table.actions,
                align: "right",
                cell: (one) =>
                  may("secrets:write") && (
                    <Button size="xs" variant="default" aria-label={texts.setTitle(one.name)} onClick={() => setSetting(one.name)}>
                      {items.some((kept) => kept.name === one.name) ? texts.replace : texts.set}
                    </Button>
                  ),
              },
            ];
            return <DataTable label={texts.secrets} columns={columns} rows={needed} rowKey={(one) => one.name} />;
          }}
        </Answered>
      )}
      {setting !== undefined && <SetSecret name={setting} environments={environments} onClose={() => setSetting(undefined)} />}
    </Section>
  );
}

function Name({ one }: { one: Needed }) {
  return (
    <div>
      <code>{one.name}</code>
      {one.host && (
        <Text size="xs" className="c32-dim">
          {texts.injected(one.host)}
        </Text>
      )}
    </div>
  );
}

function Reach({ of }: { of: ReturnType<typeof reachOf> }) {
  if (of === "none") return <StatusBadge status="failed" label={texts.notSet} />;
  return (
    <span>
      <StatusBadge status="ok" label={texts.isSet} /> {of === "every" && <span className="c32-dim">{texts.every}</span>}
    </span>
  );
}

function SetSecret({ name, environments, onClose }: { name: string; environments: readonly string[]; onClose: () => void }) {
  const client = useQueryClient();
  const [value, setValue] = useState("");
  const [environment, setEnvironment] = useState("");
  const put = useMutation({
    mutationFn: () => call(`/secrets/${name}${asked({ environment })}`, { method: "PUT", body: { value } }),
    onSuccess: async () => {
      notifications.show({ message: texts.done(name) });
      await client.invalidateQueries({ queryKey: ["secrets"] });
      onClose();
    },
  });
  function submit(event: SyntheticEvent) {
    event.preventDefault();
    put.mutate();
  }
  return (
    <Modal opened onClose={onClose} title={texts.setTitle(name)} closeButtonProps={{ "aria-label": common.close }}>
      <form onSubmit={submit}>
        <Stack>
          <PasswordInput
            label={texts.value}
            description={texts.valueHint}
            autoComplete="off"
            data-autofocus
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <NativeSelect
            label={texts.where}
            data={[{ value: "", label: texts.every }, ...environments]}
            value={environment}
            onChange={(event) => setEnvironment(event.currentTarget.value)}
          />
          {put.error && <ProblemNote error={put.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <Button type="submit" disabled={value === ""} loading={put.isPending}>
              {texts.set}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
