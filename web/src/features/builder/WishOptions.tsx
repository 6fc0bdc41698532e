import { Checkbox, FileInput, NumberInput, Select, Stack, TextInput } from "@mantine/core";

import { builder } from "../../texts/builder";
import { ENGINES, nameFits, type Engine, type Options } from "./options";

const { options: texts } = builder;

/** What may be chosen beside the words; `change`: a bot is changed, which has its name already. */
export function WishOptions({ value, onChange, change }: { value: Options; onChange: (value: Options) => void; change: boolean }) {
  const set = (part: Partial<Options>) => onChange({ ...value, ...part });
  return (
    <Stack gap="sm">
      <div className="c32-fact-columns">
        <Select
          label={texts.engine}
          allowDeselect={false}
          data={ENGINES.map((engine) => ({ value: engine, label: texts.engines[engine] }))}
          value={value.engine}
          onChange={(engine) => set({ engine: engine as Engine })}
        />
        <NumberInput
          label={texts.budget}
          description={texts.budgetHint}
          inputWrapperOrder={["label", "input", "description"]}
          min={0.01}
          max={1000}
          decimalScale={4}
          value={value.budget}
          onChange={(budget) => set({ budget: String(budget) })}
        />
        {!change && (
          <TextInput
            label={texts.name}
            description={texts.nameHint}
            inputWrapperOrder={["label", "input", "description", "error"]}
            error={nameFits(value.name) ? undefined : texts.nameBad}
            value={value.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
        )}
        {!change && (
          <FileInput
            label={texts.files}
            description={texts.filesHint}
            inputWrapperOrder={["label", "input", "description"]}
            multiple
            clearable
            value={value.files}
            onChange={(files) => set({ files })}
          />
        )}
      </div>
      <Checkbox label={texts.defaults} checked={value.defaults} onChange={(event) => set({ defaults: event.currentTarget.checked })} />
      <Checkbox label={texts.dry} checked={value.dry} onChange={(event) => set({ dry: event.currentTarget.checked })} />
    </Stack>
  );
}
