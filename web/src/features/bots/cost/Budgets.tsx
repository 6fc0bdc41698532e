import { Button, Group, NativeSelect, NumberInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../../api/client";
import { useMay } from "../../../api/rights";
import { Answered } from "../../../components/Answered";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { Meter } from "../../../components/Meter";
import { ProblemNote } from "../../../components/ProblemNote";
import { Section } from "../../../components/Section";
import { money } from "../../../format/money";
import { common } from "../../../texts/common";
import { cost as texts } from "../../../texts/bots";
import { budgetsOf } from "../../usage/queries";
import type { PanelProps } from "../BotPage";
import * as queries from "../queries";
import { tableOf } from "../versions/permissions";

/** What the manifest allows, and the limits that the workspace sets this bot. */
export function Budgets({ bot, botRef }: PanelProps) {
  const version = useQuery(queries.version(botRef, bot.latest_version?.id ?? ""));
  const list = useQuery(budgetsOf(bot.id));
  const client = useQueryClient();
  const may = useMay()("budgets:write");
  const caps = tableOf(version.data?.manifest ?? {}, "budget");
  const remove = (id: string) => call(`/budgets/${id}`, { method: "DELETE" }).then(() => client.invalidateQueries({ queryKey: ["budgets"] }));
  return (
    <Section title={texts.budget}>
      <Stack>
        <div>
          <Title order={3}>{texts.manifest}</Title>
          {caps.length === 0 ? (
            <Text size="sm" className="c32-dim">
              {version.data ? texts.noBudget : " "}
            </Text>
          ) : (
            <dl className="c32-bot-facts">
              {caps.map(([name, value]) => (
                <div key={name}>
                  <dt>{texts.caps[name] ?? name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          )}
        </div>
        <div>
          <Title order={3}>{texts.limits}</Title>
          <Answered query={list} rows={1}>
            {({ items: own }) => {
              if (own.length === 0) {
                return (
                  <Text size="sm" className="c32-dim">
                    {texts.noLimit}
                  </Text>
                );
              }
              return (
                <Stack gap="xs">
                  {own.map((one) => (
                    <div key={one.id} className="c32-bot-budget">
                      <Meter
                        label={texts.periods[one.period] ?? one.period}
                        share={one.usd === null || Number(one.usd) === 0 ? 0 : Number(one.spent_usd ?? 0) / Number(one.usd)}
                        detail={texts.meter(money(one.spent_usd), money(one.usd))}
                      />
                      {may && (
                        <ConfirmButton size="xs" label={common.remove} title={common.remove} action={common.remove} onConfirm={() => remove(one.id)}>
                          {texts.meter(money(one.spent_usd), money(one.usd))}
                        </ConfirmButton>
                      )}
                    </div>
                  ))}
                </Stack>
              );
            }}
          </Answered>
        </div>
        {may ? (
          <NewLimit botId={bot.id} />
        ) : (
          <Text size="sm" className="c32-dim">
            {texts.owner}
          </Text>
        )}
      </Stack>
    </Section>
  );
}

function NewLimit({ botId }: { botId: string }) {
  const client = useQueryClient();
  const [usd, setUsd] = useState<number>();
  const [period, setPeriod] = useState("month");
  const put = useMutation({
    mutationFn: () => call("/budgets", { method: "PUT", body: { scope: "bot", subject: botId, period, usd } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["budgets"] }),
  });
  function submit(event: SyntheticEvent) {
    event.preventDefault();
    put.mutate();
  }
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="xs">
        <NumberInput label={texts.amount} min={0} prefix="$" w={130} value={usd ?? ""} onChange={(value) => setUsd(value === "" ? undefined : Number(value))} />
        <NativeSelect
          label={texts.per}
          data={Object.entries(texts.periods).map(([value, label]) => ({ value, label }))}
          value={period}
          onChange={(event) => setPeriod(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={put.isPending} disabled={usd === undefined}>
          {texts.set}
        </Button>
      </Group>
      {put.error && <ProblemNote error={put.error} />}
    </form>
  );
}
