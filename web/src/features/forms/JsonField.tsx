import { Textarea } from "@mantine/core";
import { useState } from "react";

import { forms } from "../../texts/forms";
import { errorsWithin, type FieldErrors } from "./errors";
import type { Json } from "./schema";

interface Props {
  label: string;
  description?: string | undefined;
  required?: boolean;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  accepts?: (value: Json) => boolean;
  complaint?: string;
  errors: FieldErrors;
  path: string;
  onValid?: ((valid: boolean) => void) | undefined;
  disabled: boolean;
  small?: boolean;
}

const shown = (value: Json | undefined) => (value === undefined ? "" : JSON.stringify(value, null, 2));

/** The text as JSON; undefined for none, null as a whole for text that is no JSON (yet). */
function read(text: string): { value: Json | undefined } | null {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return null;
  }
}

/** A value as JSON. Text that cannot be read stays as it was typed and changes nothing. */
export function JsonField(props: Props) {
  const { value, accepts = () => true, complaint = forms.badJson } = props;
  const [typed, setTyped] = useState(() => shown(value));
  const present = read(typed);
  const good = (found: typeof present) => found !== null && (found.value === undefined ? !props.onValid : accepts(found.value));
  // Changed from outside: what was typed is of another value.
  const text = present && good(present) && shown(present.value) !== shown(value) ? shown(value) : typed;

  function type(next: string) {
    setTyped(next);
    const found = read(next);
    props.onValid?.(good(found));
    if (found && good(found)) props.onChange(found.value);
  }

  return (
    <Textarea
      label={props.label}
      description={props.description}
      required={props.required}
      disabled={props.disabled}
      classNames={{ input: "c32-form-json" }}
      autosize
      minRows={props.small ? 1 : 6}
      maxRows={24}
      spellCheck={false}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      error={good(present) ? errorsWithin(props.errors, props.path) : complaint}
    />
  );
}
