import { Checkbox, NativeSelect } from "@mantine/core";
import { useState } from "react";

import { forms } from "../../texts/forms";
import { BooleanField, ChoiceField, NumberField, TextField } from "./Scalars";
import { ListField, MapField, TupleField } from "./Collections";
import { JsonField } from "./JsonField";
import { ObjectFields } from "./ObjectFields";
import type { Control, ControlProps, FieldProps } from "./field";
import { saidOf, titleOf, withinOf } from "./labels";
import { branchOf, fieldOf, isObject, type Kind, type Rules } from "./schema";
import { initialOf } from "./values";

const CONTROLS: Record<Kind, Control> = {
  text: TextField,
  number: NumberField,
  boolean: BooleanField,
  choice: ChoiceField,
  list: (props) => <Optional {...props} Shown={ListField} />,
  tuple: (props) => <Optional {...props} Shown={TupleField} />,
  map: (props) => <Optional {...props} Shown={MapField} />,
  object: (props) => <Optional {...props} Shown={NestedObject} />,
  union: (props) => <Optional {...props} Shown={UnionField} />,
  json: AnyField,
};

/** One property of a bot's input: the control that its schema asks for. */
export function SchemaField(props: FieldProps) {
  const field = fieldOf(props.root, props.schema);
  const Shown = CONTROLS[field.kind];
  return <Shown {...props} field={field} Inner={SchemaField} />;
}

/** What has insides and may be left out is given with a tick, and only then asked for. */
function Optional({ Shown, ...props }: ControlProps & { Shown: Control }) {
  const { field, value, onChange, required, root } = props;
  const optional = field.nullable || (!required && field.rules.default === undefined);
  if (!optional) return <Shown {...props} />;
  const given = value !== undefined && value !== null;
  const start = { ...field.rules, default: undefined };
  return (
    <div className="c32-form-optional">
      <Checkbox
        label={forms.give(withinOf(props.label))}
        description={given ? undefined : saidOf(field.rules.description, props.label)}
        checked={given}
        disabled={props.disabled}
        onChange={(event) => onChange(event.currentTarget.checked ? initialOf(root, start) : field.nullable ? null : undefined)}
      />
      {given && <Shown {...props} />}
    </div>
  );
}

function NestedObject({ field, label, value, onChange, ...rest }: ControlProps) {
  return (
    <fieldset className="c32-form-group">
      <legend>{label}</legend>
      <Said text={saidOf(field.rules.description, label)} />
      <ObjectFields {...rest} rules={field.rules} value={isObject(value) ? value : {}} onChange={onChange} />
    </fieldset>
  );
}

/** One of several shapes; the choice begins with the one that the value has. */
function UnionField({ field, label, value, onChange, Inner, root, ...rest }: ControlProps) {
  const [chosen, setChosen] = useState(() => branchOf(root, field, value));
  const branch = field.branches[chosen];
  function choose(index: number) {
    setChosen(index);
    onChange(initialOf(root, field.branches[index]));
  }
  return (
    <fieldset className="c32-form-group">
      <legend>{label}</legend>
      <Said text={saidOf(field.rules.description, label)} />
      <NativeSelect
        label={forms.which(label)}
        disabled={rest.disabled}
        data={field.branches.map((one, index) => ({ value: String(index), label: branchName(root, one, index, field.branches) }))}
        value={String(chosen)}
        onChange={(event) => choose(Number(event.currentTarget.value))}
      />
      <Inner key={chosen} {...rest} root={root} schema={branch} label={branch?.title ? titleOf(branch.title) : forms.value} required="row" value={value} onChange={onChange} />
    </fieldset>
  );
}

function branchName(root: Rules, branch: Rules, index: number, all: Rules[]): string {
  const called = ({ title, ...other }: Rules) => (title ? titleOf(title) : forms.kinds[fieldOf(root, other).kind]);
  const name = called(branch);
  const same = all.filter((other) => called(other) === name);
  return same.length > 1 ? `${name} ${index + 1}` : name;
}

function Said({ text }: { text: string | undefined }) {
  return text === undefined ? null : <p className="c32-dim">{text}</p>;
}

/** Anything: as JSON. */
function AnyField({ field, label, required, value, onChange, errors, path, disabled }: ControlProps) {
  return (
    <JsonField
      label={label}
      description={saidOf(field.rules.description, label)}
      required={required === true}
      value={value}
      onChange={onChange}
      errors={errors}
      path={path}
      disabled={disabled}
      small
    />
  );
}
