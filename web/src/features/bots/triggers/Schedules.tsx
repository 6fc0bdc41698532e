import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../../../api/client";
import { useMay } from "../../../api/rights";
import type { Schedule } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { DataTable, type Column } from "../../../components/DataTable";
import { Moment } from "../../../components/Moment";
import { ProblemNote } from "../../../components/ProblemNote";
import { Section } from "../../../components/Section";
import { StatusBadge } from "../../../components/StatusBadge";
import { useAddress } from "../../../components/useAddress";
import { common } from "../../../texts/common";
import { triggers as texts } from "../../../texts/bots";
import type { PanelProps } from "../BotPage";
import * as queries from "../queries";
import { lackedOf } from "./lacked";
import { ScheduleDialog } from "../../triggers/ScheduleDialog";
import { inWords } from "../../triggers/words";

export function Schedules({ bot, botRef }: PanelProps) {
  const may = useMay()("schedules:write") && bot.status === "active" && bot.kind === "job";
  const list = useQuery(queries.schedules(botRef));
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [{ schedule: editing = "" }, change] = useAddress();
  const setEditing = (schedule: string) => change({ schedule });
  const refresh = () => client.invalidateQueries({ queryKey: ["bot", botRef] });
  const turn = useMutation({
    mutationFn: (one: Schedule) => call(`/schedules/${one.id}/${one.paused ? "resume" : "pause"}`, { method: "POST" }),
    onSettled: refresh,
  });
  const remove = (one: Schedule) => call(`/schedules/${one.id}`, { method: "DELETE" }).then(refresh);
  const columns: Column<Schedule>[] = [
    { key: "name", head: texts.name, cell: (one) => <Named name={one.name} origin={one.origin} /> },
    {
      key: "when",
      head: texts.when,
      cell: (one) => (
        <>
          {inWords(one.cron)} <span className="c32-dim">{one.timezone}</span>
        </>
      ),
    },
    { key: "files", head: texts.files, cell: (one) => <Files one={one} bot={bot} botRef={botRef} /> },
    { key: "environment", head: texts.environment, cell: (one) => one.environment ?? "–", wide: true },
    { key: "next", head: texts.next, cell: (one) => (one.paused ? "–" : <Moment at={one.next_fire_at} style="short" />) },
    { key: "state", head: texts.state, cell: (one) => <State one={one} /> },
    {
      key: "actions",
      head: common.table.actions,
      align: "right",
      cell: (one) =>
        may && (
          <Group gap={4} justify="flex-end" wrap="nowrap">
            <Button size="xs" variant="default" aria-label={`${texts.edit} ${one.name}`} onClick={() => setEditing(one.id)}>
              {texts.edit}
            </Button>
            <Button size="xs" variant="default" aria-label={`${one.paused ? texts.resume : texts.pause} ${one.name}`} onClick={() => turn.mutate(one)}>
              {one.paused ? texts.resume : texts.pause}
            </Button>
            {one.origin === "person" && (
              <ConfirmButton size="xs" label={texts.remove} title={texts.removeTitle(one.name)} action={texts.remove} onConfirm={() => remove(one)}>
                {texts.removeText}
              </ConfirmButton>
            )}
          </Group>
        ),
    },
  ];
  return (
    <Section
      title={texts.schedules}
      actions={
        may ? (
          <Button size="xs" variant="default" onClick={() => setAdding(true)}>
            {texts.add}
          </Button>
        ) : undefined
      }
    >
      {adding && <ScheduleDialog bot={bot.name} fixed onClose={() => setAdding(false)} />}
      {may && editing !== "" && <ScheduleDialog id={editing} bot={bot.name} onClose={() => setEditing("")} />}
      {turn.error && <ProblemNote error={turn.error} />}
      <Answered query={list} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Text className="c32-dim">{texts.noSchedule}</Text>
          ) : (
            <DataTable label={texts.schedules} columns={columns} rows={items} rowKey={(one) => one.id} />
          )
        }
      </Answered>
    </Section>
  );
}

/** What its runs are given; and what they lack, as far as the code of its version tells. */
function Files({ one, bot, botRef }: PanelProps & { one: Schedule }) {
  const pointer = bot.environments[one.environment ?? ""] ?? bot.environments.prod ?? bot.environments.dev;
  const needed = useQuery(queries.neededFiles(botRef, pointer?.version_id ?? "")).data;
  const lacked = lackedOf(one, needed);
  return (
    <div>
      {one.files.map(({ name }) => name).join(", ") || <span className="c32-dim">{texts.noFiles}</span>}
      {lacked && (
        <Text size="xs" c="var(--c32-warn)" className="c32-break">
          {lacked}
        </Text>
      )}
    </div>
  );
}

function State({ one }: { one: Schedule }) {
  return (
    <div>
      <StatusBadge status={one.paused ? "paused" : "active"} label={one.paused ? texts.paused : texts.active} />
      {one.last_error && (
        <Text size="xs" className="c32-break">
          {texts.lastError}: {one.last_error}
        </Text>
      )}
    </div>
  );
}

export function Named({ name, origin }: { name: string; origin: string }) {
  return (
    <div>
      {name}
      <Text size="xs" className="c32-dim">
        {origin === "manifest" ? texts.manifest : texts.person}
      </Text>
    </div>
  );
}
