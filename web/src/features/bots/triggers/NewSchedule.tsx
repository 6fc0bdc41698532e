import { Button, Group, NativeSelect, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { ApiError, call } from "../../../api/client";
import { ProblemNote } from "../../../components/ProblemNote";
import { zonesWith } from "../../../format/zones";
import { common } from "../../../texts/common";
import { triggers as texts } from "../../../texts/bots";
import { fieldErrors } from "../../forms/errors";
import { SchemaForm } from "../../forms/SchemaForm";
import type { JsonObject } from "../../forms/schema";
import { initialInput } from "../../forms/values";
import { NextFires } from "../../triggers/NextFires";
import type { PanelProps } from "../BotPage";
import * as queries from "../queries";

const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A schedule made by hand: its next times are shown while the expression is written. */
export function NewSchedule({ bot, botRef, onEnd }: PanelProps & { onEnd: () => void }) {
  const client = useQueryClient();
  const [cron, setCron] = useState("0 9 * * mon-fri");
  const [timezone, setTimezone] = useState(here);
  const [name, setName] = useState("");
  const [environment, setEnvironment] = useState("");
  const [misfire, setMisfire] = useState("once");
  const [input, setInput] = useState<JsonObject>();
  const pointer = bot.environments[environment] ?? bot.environments.prod ?? bot.environments.dev;
  const schema = useQuery(queries.version(botRef, pointer?.version_id ?? "")).data?.input_schema;
  const create = useMutation({
    mutationFn: () =>
      call("/schedules", {
        method: "POST",
        body: { bot: bot.id, cron, timezone, misfire, input: input ?? initialInput(schema), ...(name ? { name } : {}), ...(environment ? { environment } : {}) },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["bot", botRef] });
      onEnd();
    },
  });
  const problem = create.error instanceof ApiError ? create.error.problem : undefined;

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    create.mutate();
  }

  return (
    <form onSubmit={submit} noValidate className="c32-inset">
      <Stack gap="sm">
        <div className="c32-pair">
          <TextInput label={texts.cron} description={texts.cronHint} value={cron} onChange={(event) => setCron(event.currentTarget.value)} />
          <Select
            label={texts.zone}
            description=" "
            searchable
            limit={50}
            allowDeselect={false}
            data={zonesWith(timezone)}
            value={timezone}
            onChange={(zone) => setTimezone(zone ?? "UTC")}
          />
        </div>
        <NextFires cron={cron.trim()} zone={timezone} />
        <div className="c32-pair">
          <TextInput label={texts.name} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <NativeSelect
            label={texts.environment}
            data={[{ value: "", label: "–" }, ...Object.keys(bot.environments)]}
            value={environment}
            onChange={(event) => setEnvironment(event.currentTarget.value)}
          />
          <NativeSelect
            label={texts.misfire}
            data={Object.entries(texts.misfires).map(([value, label]) => ({ value, label }))}
            value={misfire}
            onChange={(event) => setMisfire(event.currentTarget.value)}
          />
        </div>
        {schema && (
          <fieldset className="c32-form-group">
            <legend>{texts.input}</legend>
            <SchemaForm
              schema={schema}
              value={input ?? initialInput(schema)}
              onChange={setInput}
              errors={{ ...fieldErrors(problem), ...fieldErrors(problem, "body.input") }}
            />
          </fieldset>
        )}
        {create.error && <ProblemNote error={create.error} />}
        <Group>
          <Button type="submit" loading={create.isPending}>
            {texts.create}
          </Button>
          <Button variant="default" onClick={onEnd}>
            {common.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
