import { Text } from "@mantine/core";

import { Waiting } from "../../components/Waiting";
import { scheduleForm as texts } from "../../texts/triggers";
import type { FieldErrors } from "../forms/errors";
import { FilesInput } from "../forms/FilesInput";
import type { Slot } from "../forms/needs";
import type { Schema } from "../forms/schema";
import { SchemaForm } from "../forms/SchemaForm";
import { shownInput, type Draft } from "./draft";
import type { useWanted } from "./useWanted";

interface Props {
  draft: Draft;
  wanted: ReturnType<typeof useWanted>;
  slots: readonly Slot[];
  complain: boolean;
  errors: FieldErrors;
  onChange: (change: (present: Draft) => Draft) => void;
  onValid: (valid: boolean) => void;
}

/** What every run of a schedule is given: nobody is there to choose when the clock starts it. */
export function ScheduleGiven({ draft, wanted, slots, complain, errors, onChange, onValid }: Props) {
  if (draft.bot === "") return null;
  if (wanted.waits) return <Waiting rows={2} />;
  const schema = wanted.schema as Schema | undefined;
  const name = ({ parameter = "" }: Slot, file: string) => onChange((present) => ({ ...present, input: { ...shownInput(present, schema), [parameter]: file } }));
  return (
    <>
      {schema === undefined ? (
        <Text size="sm" className="c32-dim">
          {texts.noVersion}
        </Text>
      ) : (
        <fieldset className="c32-form-group">
          <legend>{texts.input}</legend>
          <SchemaForm schema={schema} value={shownInput(draft, schema)} onChange={(input) => onChange((present) => ({ ...present, input }))} errors={errors} onValid={onValid} />
        </fieldset>
      )}
      <FilesInput
        label={texts.files}
        value={draft.files}
        onChange={(change) => onChange((present) => ({ ...present, files: change(present.files) }))}
        slots={slots}
        complain={complain}
        onName={name}
      />
    </>
  );
}
