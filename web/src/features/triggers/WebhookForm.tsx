import { Button, Chip, Group, Input, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import type { Schemas } from "../../api/types";
import { BotPicker } from "../../components/BotPicker";
import { ProblemNote } from "../../components/ProblemNote";
import { useChange } from "../../components/useChange";
import { webhookForm as texts } from "../../texts/webhooks";
import { STALE_WEBHOOKS } from "./changes";
import type { Secret } from "./queries";

type New = Schemas["NewWebhook"];
type Draft = Pick<New, "bot" | "auth" | "answer" | "payload" | "methods" | "timeout"> & { name: string };

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const LONGEST_ANSWER = 120;
const choices = <T extends string>(named: Record<T, string>) => (Object.keys(named) as T[]).map((value) => ({ value, label: named[value] }));
const [AUTHS, ANSWERS, PAYLOADS] = [choices(texts.auths), choices(texts.answers), choices(texts.payloads)];

export function WebhookForm({ bot, fixed = false, onMade }: { bot: string; fixed?: boolean; onMade: (made: Secret) => void }) {
  const [draft, setDraft] = useState<Draft>({ bot, name: "", auth: "signature", answer: "async", payload: "body", methods: ["POST"], timeout: 30 });
  const set = (change: Partial<Draft>) => setDraft((present) => ({ ...present, ...change }));
  const make = useChange(
    () => call<Secret>("/webhooks", { method: "POST", body: { ...draft, name: draft.name || null } }),
    STALE_WEBHOOKS,
    onMade,
  );

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    make.mutate(undefined);
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <BotPicker label={texts.bot} kind="job" required disabled={fixed} data-autofocus={!fixed || undefined} value={draft.bot} onChange={(chosen) => set({ bot: chosen })} />
        <TextInput data-autofocus={fixed || undefined} label={texts.name} description={texts.nameHint} value={draft.name} onChange={(event) => set({ name: event.currentTarget.value })} />
        <Choice label={texts.auth} data={AUTHS} value={draft.auth} onChange={(auth) => set({ auth })} />
        <Choice label={texts.answer} data={ANSWERS} value={draft.answer} onChange={(answer) => set({ answer })} />
        {draft.answer === "sync" && (
          <NumberInput
            label={texts.timeout}
            min={1}
            max={LONGEST_ANSWER}
            allowDecimal={false}
            value={draft.timeout}
            onChange={(seconds) => set({ timeout: Number(seconds) || 1 })}
          />
        )}
        <Choice label={texts.payload} data={PAYLOADS} value={draft.payload} onChange={(payload) => set({ payload })} />
        <Input.Wrapper label={texts.methods} labelElement="div">
          <Chip.Group multiple value={draft.methods} onChange={(methods) => set({ methods: METHODS.filter((one) => methods.includes(one)) })}>
            <Group gap="xs" mt={4} role="group" aria-label={texts.methods}>
              {METHODS.map((method) => (
                <Chip value={method} key={method} size="xs">
                  {method}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Input.Wrapper>
        {make.error && <ProblemNote error={make.error} />}
        <Button type="submit" w="fit-content" loading={make.isPending} disabled={!draft.bot || draft.methods.length === 0}>
          {texts.create}
        </Button>
      </Stack>
    </form>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  data: { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
}

function Choice<T extends string>({ label, data, value, onChange }: ChoiceProps<T>) {
  return (
    <Select
      label={label}
      data={data}
      allowDeselect={false}
      value={value}
      onChange={(chosen) => onChange(data.find((one) => one.value === chosen)?.value ?? value)}
    />
  );
}
