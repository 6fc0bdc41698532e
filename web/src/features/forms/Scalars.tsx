import { Checkbox, NativeSelect, NumberInput, PasswordInput, Textarea, TextInput } from "@mantine/core";

import { forms } from "../../texts/forms";
import type { ControlProps } from "./field";
import { saidOf } from "./labels";
import type { Field, Json } from "./schema";
import { fromLocal, toLocal } from "./times";

const LONG_NAMES = /(^|_)(text|body|message|prompt|content|letter|description|notes?|html|markdown|query|sql)$/;
const INPUT_TYPES: Record<string, string> = { email: "email", uri: "url", date: "date", time: "time" };
const EXAMPLES: Record<string, string> = {
  email: "ann@example.com",
  uri: "https://example.com/",
  duration: "PT1H30M",
  uuid: "00000000-0000-0000-0000-000000000000",
};

/** What all controls of one value say about it. */
function said({ field, label, required, errors, path, disabled }: ControlProps) {
  return { label, description: saidOf(field.rules.description, label), required: required === true && !field.nullable, error: errors[path], disabled };
}

/** An emptied text: null where that is allowed, nothing where it must be given, else the empty text. */
function emptied(field: Field, required: boolean | "row"): Json | undefined {
  if (field.nullable) return null;
  return required === true || field.rules.format !== undefined ? undefined : "";
}

function isLong(field: Field, path: string): boolean {
  const { default: first, maxLength = 0, format } = field.rules;
  if (format !== undefined) return false;
  if (typeof first === "string" && (first.includes("\n") || first.length > 60)) return true;
  return maxLength > 200 || LONG_NAMES.test(path.split(".").at(-1) ?? "");
}

export function TextField(props: ControlProps) {
  const { field, path, value, onChange, required } = props;
  const { format = "", maxLength, writeOnly } = field.rules;
  const text = value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
  const give = (typed: string) => onChange(typed === "" ? emptied(field, required) : typed);
  const shared = { ...said(props), placeholder: EXAMPLES[format], maxLength, value: text };
  if (format === "date-time" && (text === "" || toLocal(text) !== undefined)) return <TimeField {...props} />;
  if (format === "password" || writeOnly) {
    return <PasswordInput {...shared} autoComplete="off" onChange={(event) => give(event.currentTarget.value)} />;
  }
  if (isLong(field, path)) return <Textarea {...shared} autosize minRows={2} maxRows={12} onChange={(event) => give(event.currentTarget.value)} />;
  return <TextInput {...shared} type={INPUT_TYPES[format] ?? "text"} step={format === "time" ? 1 : undefined} onChange={(event) => give(event.currentTarget.value)} />;
}

function TimeField(props: ControlProps) {
  const { field, value, onChange, required } = props;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { description, ...shared } = said(props);
  return (
    <TextInput
      {...shared}
      type="datetime-local"
      step={1}
      description={[description, forms.inZone(zone)].filter(Boolean).join(" · ")}
      value={typeof value === "string" ? (toLocal(value) ?? "") : ""}
      onChange={(event) => onChange(fromLocal(event.currentTarget.value) || emptied(field, required))}
    />
  );
}

export function NumberField(props: ControlProps) {
  const { field, value, onChange } = props;
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = field.rules;
  const whole = type === "integer";
  return (
    <NumberInput
      {...said(props)}
      allowDecimal={!whole}
      min={minimum ?? (whole && exclusiveMinimum !== undefined ? exclusiveMinimum + 1 : exclusiveMinimum)}
      max={maximum ?? (whole && exclusiveMaximum !== undefined ? exclusiveMaximum - 1 : exclusiveMaximum)}
      step={multipleOf ?? 1}
      clampBehavior="none"
      value={typeof value === "number" ? value : ""}
      onChange={(typed) => onChange(typed === "" ? (field.nullable ? null : undefined) : Number(typed))}
    />
  );
}

export function BooleanField(props: ControlProps) {
  const { field, label, value, onChange, errors, path, disabled } = props;
  if (field.nullable) return <ChoiceField {...props} field={{ ...field, options: [true, false] }} />;
  return (
    <Checkbox
      label={label}
      description={saidOf(field.rules.description, label)}
      checked={value === true}
      error={errors[path]}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

function optionName(option: Json): string {
  if (typeof option === "boolean") return option ? forms.yes : forms.no;
  return typeof option === "string" ? option : JSON.stringify(option);
}

/** Values of any kind, chosen by their place. */
export function ChoiceField(props: ControlProps) {
  const { field, value, onChange, required } = props;
  const chosen = field.options.findIndex((option) => JSON.stringify(option) === JSON.stringify(value));
  const empty = field.nullable || !required || chosen < 0;
  return (
    <NativeSelect
      {...said(props)}
      data={[
        ...(empty ? [{ value: "", label: field.nullable || !required ? forms.none : forms.choose }] : []),
        ...field.options.map((option, index) => ({ value: String(index), label: optionName(option) })),
      ]}
      value={chosen < 0 ? "" : String(chosen)}
      onChange={(event) => {
        const place = event.currentTarget.value;
        onChange(place === "" ? (field.nullable ? null : undefined) : field.options[Number(place)]);
      }}
    />
  );
}
