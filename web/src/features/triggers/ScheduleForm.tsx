import { Alert, Button, Collapse, NativeSelect, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type SyntheticEvent } from "react";

import { ApiError, call } from "../../api/client";
import type { Schedule } from "../../api/types";
import { BotPicker } from "../../components/BotPicker";
import { ProblemNote } from "../../components/ProblemNote";
import { useChange } from "../../components/useChange";
import { common } from "../../texts/common";
import { schedule as scheduleTexts, scheduleForm as texts } from "../../texts/triggers";
import { fieldErrors } from "../forms/errors";
import { areReady } from "../forms/files";
import { lackedFiles, placed, slotsOf, stopOf } from "../forms/needs";
import type { Schema } from "../forms/schema";
import { STALE_SCHEDULES } from "./changes";
import { toCron } from "./cron";
import { changeOf, creation, shownInput, type Draft } from "./draft";
import { NextFires } from "./NextFires";
import { ScheduleGiven } from "./ScheduleGiven";
import { useWanted } from "./useWanted";
import { WhenFields } from "./WhenFields";

const MISFIRES = (["once", "skip", "all"] as const).map((value) => ({ value, label: texts.misfires[value] }));

interface Props {
  first: Draft;
  /** The schedule that is changed; without it one is made. */
  before?: Schedule;
  /** The bot is known and stays. */
  fixed?: boolean;
  onDone: () => void;
}

/** Makes a schedule, or changes one. A new one whose runs would surely lack a file is not made. */
export function ScheduleForm({ first, before, fixed = before !== undefined, onDone }: Props) {
  const [draft, setDraft] = useState(first);
  const [valid, setValid] = useState(true);
  const [pressed, setPressed] = useState(false);
  const set = (change: Partial<Draft>) => setDraft((present) => ({ ...present, ...change }));
  const wanted = useWanted(draft.bot, draft.environment);
  const schema = wanted.schema as Schema | undefined;
  const slots = slotsOf(wanted.needed, shownInput(draft, schema));
  const lack = stopOf(lackedFiles(wanted.needed, draft.files, slots), texts.lack);
  const save = useChange(
    () =>
      before
        ? call(`/schedules/${before.id}`, { method: "PATCH", body: changeOf(draft, before, slots) })
        : call("/schedules", { method: "POST", body: creation(draft, schema, slots) }),
    STALE_SCHEDULES,
    onDone,
  );
  const problem = save.error instanceof ApiError ? save.error.problem : undefined;
  const declared = before?.origin === "manifest";
  const ready = draft.bot !== "" && valid && !wanted.waits && areReady(placed(draft.files, slots)) && toCron(draft.plan) !== "";

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    setPressed(true);
    if (before || lack === undefined) save.mutate(undefined);
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {declared && (
          <Alert color="blue" role="note">
            {scheduleTexts.manifestNote}
          </Alert>
        )}
        <BotPicker
          label={texts.bot}
          description={fixed ? undefined : texts.botHint}
          kind="job"
          required
          data-autofocus={!fixed || undefined}
          value={draft.bot}
          disabled={fixed}
          onChange={(bot) => set({ bot, input: undefined, files: [] })}
        />
        {!declared && <WhenFields plan={draft.plan} zone={draft.zone} onPlan={(plan) => set({ plan })} onZone={(zone) => set({ zone })} />}
        {!declared && <NextFires cron={toCron(draft.plan)} zone={draft.zone} />}
        <ScheduleGiven
          draft={draft}
          wanted={wanted}
          slots={slots}
          complain={pressed || before !== undefined}
          errors={{ ...fieldErrors(problem), ...fieldErrors(problem, "body.input") }}
          onChange={setDraft}
          onValid={setValid}
        />
        {!declared && <Others draft={draft} environments={wanted.environments} onChange={set} />}
        {save.error && <ProblemNote error={save.error} />}
        {(pressed || before) && lack !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert" className="c32-break">
            {lack}
          </Text>
        )}
        <Button type="submit" loading={save.isPending} disabled={!ready} w="fit-content">
          {before ? common.save : texts.create}
        </Button>
      </Stack>
    </form>
  );
}

/** What most schedules leave as it is. */
function Others({ draft, environments, onChange }: { draft: Draft; environments: string[]; onChange: (change: Partial<Draft>) => void }) {
  const [open, { toggle }] = useDisclosure(draft.environment !== "");
  const named = [...new Set([...environments, draft.environment])].filter((name) => name !== "");
  return (
    <div>
      <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={open}>
        {texts.more}
      </Button>
      <Collapse expanded={open}>
        <Stack gap="sm" mt="xs">
          <Select
            label={texts.misfire}
            data={MISFIRES}
            allowDeselect={false}
            value={draft.misfire}
            onChange={(value) => onChange({ misfire: MISFIRES.find((one) => one.value === value)?.value ?? "once" })}
          />
          <TextInput label={texts.name} description={texts.nameHint} value={draft.name} onChange={(event) => onChange({ name: event.currentTarget.value })} />
          <NativeSelect
            label={texts.environment}
            data={[{ value: "", label: scheduleTexts.standardEnvironment }, ...named]}
            value={draft.environment}
            onChange={(event) => onChange({ environment: event.currentTarget.value })}
          />
        </Stack>
      </Collapse>
    </div>
  );
}
