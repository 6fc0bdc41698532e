import { Text } from "@mantine/core";
import type { ComponentType } from "react";

import { forms } from "../../texts/forms";
import { MapEntries } from "./Collections";
import { joined, strayErrors, type FieldErrors } from "./errors";
import type { FieldProps } from "./field";
import { labelOf } from "./labels";
import type { JsonObject, Rules } from "./schema";
import { withProperty } from "./values";

interface Props {
  root: Rules;
  rules: Rules;
  path: string;
  value: JsonObject;
  onChange: (value: JsonObject) => void;
  errors: FieldErrors;
  disabled: boolean;
  Inner: ComponentType<FieldProps>;
}

/** A field for each property, and rows of name and value for what the schema allows besides them. */
export function ObjectFields({ root, rules, path, value, onChange, errors, disabled, Inner }: Props) {
  const properties = Object.entries(rules.properties ?? {});
  const named = new Set(properties.map(([name]) => name));
  const others = Object.keys(value).filter((name) => !named.has(name));
  const open = rules.additionalProperties === true || typeof rules.additionalProperties === "object";
  const stray = strayErrors(errors, path, open ? [...named, ...others] : [...named]);
  return (
    <div className="c32-form-fields">
      {stray.map((text) => (
        <Text key={text} size="sm" c="var(--mantine-color-error)" role="alert">
          {text}
        </Text>
      ))}
      {properties.map(([name, schema]) => (
        <Inner
          key={name}
          root={root}
          schema={schema}
          path={joined(path, name)}
          label={labelOf(name, schema)}
          required={rules.required?.includes(name) ?? false}
          value={value[name]}
          onChange={(next) => onChange(withProperty(value, name, next))}
          errors={errors}
          disabled={disabled}
        />
      ))}
      {open && (
        <MapEntries
          root={root}
          schema={rules.additionalProperties}
          path={path}
          label={forms.others}
          names={others}
          value={value}
          onChange={onChange}
          errors={errors}
          disabled={disabled}
          Inner={Inner}
        />
      )}
    </div>
  );
}
