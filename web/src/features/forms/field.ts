/** What every control of a form is given. */
import type { ComponentType, ReactNode } from "react";

import type { FieldErrors } from "./errors";
import type { Field, Json, Rules, Schema } from "./schema";

export interface FieldProps {
  root: Rules;
  schema: Schema | undefined;
  /** Dotted, below the value of the form. */
  path: string;
  label: string;
  /** `row`: it is there as long as its row is, so nothing needs to say that it must be. */
  required: boolean | "row";
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  errors: FieldErrors;
  disabled: boolean;
}

/** A control that knows its field. Those that hold others draw them with `Inner`, so that no file needs the one above it. */
export interface ControlProps extends FieldProps {
  field: Field;
  Inner: ComponentType<FieldProps>;
}

export type Control = (props: ControlProps) => ReactNode;
