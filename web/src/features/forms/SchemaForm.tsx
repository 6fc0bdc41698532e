import { SegmentedControl, Text } from "@mantine/core";
import { useMemo, useState } from "react";

import { forms } from "../../texts/forms";
import { ObjectFields } from "./ObjectFields";
import { type FieldErrors } from "./errors";
import { JsonField } from "./JsonField";
import { SchemaField } from "./SchemaField";
import { isObject, resolve, type JsonObject, type Schema } from "./schema";
import "./forms.css";

export interface SchemaFormProps {
  /** The JSON Schema of an object, as `VersionView.input_schema`. */
  schema: Schema | Record<string, unknown> | undefined;
  value: JsonObject;
  onChange: (value: JsonObject) => void;
  /** What the server said; see `fieldErrors`. */
  errors?: FieldErrors;
  /** Told when the text of the JSON side stops or begins to be an object; a caller holds its button back then. */
  onValid?: (valid: boolean) => void;
  disabled?: boolean;
}

const NO_ERRORS: FieldErrors = {};

/**
 * A form made from a JSON Schema, with the same value as JSON behind a switch. It checks nothing by itself: the server
 * does, and its complaints stand at their fields. Begin with `initialInput(schema)` as value.
 */
export function SchemaForm({ schema, value, onChange, errors = NO_ERRORS, onValid, disabled = false }: SchemaFormProps) {
  const [mode, setMode] = useState("form");
  const root = useMemo(() => resolve({}, schema as Schema | undefined), [schema]);
  const fields = Object.keys(root.properties ?? {}).length;
  const open = root.additionalProperties !== false && root.additionalProperties !== undefined;

  function change(to: string) {
    setMode(to);
    onValid?.(true); // Leaving the JSON side leaves its unfinished text behind.
  }

  return (
    <div className="c32-form">
      <SegmentedControl
        size="xs"
        className="c32-form-mode"
        aria-label={forms.modes.label}
        data={[
          { value: "form", label: forms.modes.form },
          { value: "json", label: forms.modes.json },
        ]}
        value={mode}
        onChange={change}
      />
      {mode === "json" ? (
        <JsonField
          label={forms.json}
          value={value}
          onChange={(next) => isObject(next) && onChange(next)}
          accepts={isObject}
          complaint={forms.badObject}
          errors={errors}
          path=""
          onValid={onValid}
          disabled={disabled}
        />
      ) : fields === 0 && !open ? (
        <Text size="sm" className="c32-dim">
          {forms.nothing}
        </Text>
      ) : (
        <ObjectFields root={root} rules={root} path="" value={value} onChange={onChange} errors={errors} disabled={disabled} Inner={SchemaField} />
      )}
    </div>
  );
}
