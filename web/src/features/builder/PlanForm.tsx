import { Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import { session } from "../../texts/builder";
import type { Permissions, Plan } from "./documents";
import { Lines } from "./Lines";
import { itemsOf, linesOf } from "./plans";

const { edit: texts } = session;

interface Props {
  plan: Plan;
  locked: boolean;
  /** Recipes take nothing but the name from a person. */
  onlyName: boolean;
  onChange: (part: Partial<Plan>) => void;
}

export function PlanForm({ plan, locked, onlyName, onChange }: Props) {
  return (
    <Stack gap="md" mt="sm">
      <TextInput
        label={texts.name}
        maw="24rem"
        readOnly={locked}
        value={plan.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      {onlyName || locked ? <Shown plan={plan} /> : <Fields plan={plan} onChange={onChange} />}
    </Stack>
  );
}

function Shown({ plan }: { plan: Plan }) {
  return (
    <>
      <Lines title={session.overview.does} items={plan.steps} ordered />
      <Lines title={session.tests.planned} items={plan.tests} />
      <Lines title={session.overview.notes} items={plan.notes} />
    </>
  );
}

function Fields({ plan, onChange }: Pick<Props, "plan" | "onChange">) {
  const allow = (part: Partial<Permissions>) => onChange({ permissions: { ...plan.permissions, ...part } });
  const tags = { placeholder: texts.tags, splitChars: [",", " "] };
  return (
    <>
      <TextInput label={texts.planTitle} value={plan.title} onChange={(event) => onChange({ title: event.currentTarget.value })} />
      <ItemsField label={texts.steps} items={plan.steps} onChange={(steps) => onChange({ steps })} />
      <ItemsField label={texts.tests} items={plan.tests} onChange={(tests) => onChange({ tests })} />
      <TagsInput label={texts.network} {...tags} value={plan.permissions.network} onChange={(network) => allow({ network })} />
      <TagsInput label={texts.secrets} {...tags} value={plan.permissions.secrets} onChange={(secrets) => allow({ secrets })} />
      <ItemsField label={texts.schedules} items={plan.schedules} onChange={(schedules) => onChange({ schedules })} />
      <TextInput
        label={texts.budget}
        placeholder="0.05 USD"
        maw="12rem"
        value={plan.permissions.budget_per_run ?? ""}
        onChange={(event) => allow({ budget_per_run: event.currentTarget.value || null })}
      />
    </>
  );
}

/** One item a line; empty lines stay while they are typed. */
function ItemsField({ label, items, onChange }: { label: string; items: readonly string[]; onChange: (items: string[]) => void }) {
  const [text, setText] = useState(() => linesOf(items));
  return (
    <Textarea
      label={label}
      autosize
      minRows={2}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(itemsOf(event.currentTarget.value));
      }}
    />
  );
}
