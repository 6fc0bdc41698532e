import { Alert, Button, Collapse, JsonInput, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import type { Schedule } from "../../api/types";
import { BotPicker } from "../../components/BotPicker";
import { ProblemNote } from "../../components/ProblemNote";
import { useChange } from "../../components/useChange";
import { common } from "../../texts/common";
import { schedule as scheduleTexts, scheduleForm as texts } from "../../texts/triggers";
import { STALE_SCHEDULES } from "./changes";
import { toCron } from "./cron";
import { changeOf, creation, inputOf, type Draft } from "./draft";
import { NextFires } from "./NextFires";
import { ScheduleFiles } from "./ScheduleFiles";
import { WhenFields } from "./WhenFields";

const MISFIRES = (["once", "skip", "all"] as const).map((value) => ({ value, label: texts.misfires[value] }));

/** Makes a schedule, or changes the one that was `before`. */
export function ScheduleForm({ first, before, onDone }: { first: Draft; before?: Schedule; onDone: () => void }) {
  const [draft, setDraft] = useState(first);
  const set = (change: Partial<Draft>) => setDraft((present) => ({ ...present, ...change }));
  const save = useChange(
    () =>
      before
        ? call(`/schedules/${before.id}`, { method: "PATCH", body: changeOf(draft, before) })
        : call("/schedules", { method: "POST", body: creation(draft) }),
    STALE_SCHEDULES,
    onDone,
  );
  const declared = before?.origin === "manifest";
  const valid = draft.bot !== "" && inputOf(draft.input) !== null && toCron(draft.plan) !== "";

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    save.mutate(undefined);
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {declared && (
          <Alert color="blue" role="note">
            {scheduleTexts.manifestNote}
          </Alert>
        )}
        <BotPicker
          label={texts.bot}
          description={texts.botHint}
          kind="job"
          required
          data-autofocus
          value={draft.bot}
          disabled={before !== undefined}
          onChange={(bot) => set({ bot })}
        />
        {!declared && <WhenFields plan={draft.plan} zone={draft.zone} onPlan={(plan) => set({ plan })} onZone={(zone) => set({ zone })} />}
        {!declared && <NextFires cron={toCron(draft.plan)} zone={draft.zone} />}
        <ScheduleFiles draft={draft} kept={before?.files ?? []} onChange={set} />
        <Others draft={draft} declared={declared} onChange={set} />
        {save.error && <ProblemNote error={save.error} />}
        <Button type="submit" loading={save.isPending} disabled={!valid} w="fit-content">
          {before ? common.save : texts.create}
        </Button>
      </Stack>
    </form>
  );
}

/** What most schedules leave as it is. */
function Others({ draft, declared, onChange }: { draft: Draft; declared: boolean; onChange: (change: Partial<Draft>) => void }) {
  const [open, { toggle }] = useDisclosure(declared || draft.input.trim() !== "{}");
  return (
    <div>
      <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={open}>
        {texts.more}
      </Button>
      <Collapse expanded={open}>
        <Stack gap="sm" mt="xs">
          <JsonInput
            label={texts.input}
            description={texts.inputHint}
            autosize
            minRows={2}
            maxRows={12}
            value={draft.input}
            onChange={(input) => onChange({ input })}
            error={inputOf(draft.input) === null && texts.inputBad}
          />
          {!declared && (
            <>
              <Select
                label={texts.misfire}
                data={MISFIRES}
                allowDeselect={false}
                value={draft.misfire}
                onChange={(value) => onChange({ misfire: MISFIRES.find((one) => one.value === value)?.value ?? "once" })}
              />
              <TextInput label={texts.name} description={texts.nameHint} value={draft.name} onChange={(event) => onChange({ name: event.currentTarget.value })} />
              <TextInput
                label={texts.environment}
                description={texts.environmentHint}
                value={draft.environment}
                onChange={(event) => onChange({ environment: event.currentTarget.value })}
              />
            </>
          )}
        </Stack>
      </Collapse>
    </div>
  );
}
