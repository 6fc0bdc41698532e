import { ActionIcon, Button, Checkbox, Text, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";

import { forms } from "../../texts/forms";
import { errorsWithin, joined } from "./errors";
import type { ControlProps } from "./field";
import { JsonField } from "./JsonField";
import { placeOf, saidOf } from "./labels";
import { fieldOf, isObject, type Json, type JsonObject } from "./schema";
import { freeName, initialOf, renamed, withProperty } from "./values";

/** More rows than a person edits one by one: they are shown as JSON. */
const MOST_ROWS = 50;
const MOST_TICKS = 12;

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** Some of a few values as ticks; anything else as rows. */
export function ListField(props: ControlProps) {
  const { root, field, label, value, onChange, errors, path, disabled } = props;
  const items = listOf(value);
  const of = fieldOf(root, field.rules.items);
  if (of.kind === "choice" && !of.nullable && of.options.length <= MOST_TICKS && new Set(items).size === items.length) {
    return <Ticks {...props} options={of.options} items={items} />;
  }
  if (items.length > MOST_ROWS) {
    return <JsonField label={label} description={saidOf(field.rules.description, label)} value={value} onChange={onChange} errors={errors} path={path} disabled={disabled} />;
  }
  return <Rows {...props} items={items} />;
}

function Ticks({ field, label, onChange, errors, path, disabled, options, items }: ControlProps & { options: Json[]; items: Json[] }) {
  return (
    <Checkbox.Group
      label={label}
      description={saidOf(field.rules.description, label)}
      error={errorsWithin(errors, path)}
      value={items.map((item) => JSON.stringify(item))}
      onChange={(chosen) => onChange(options.filter((option) => chosen.includes(JSON.stringify(option))))}
    >
      <div className="c32-form-ticks">
        {options.map((option) => {
          const text = JSON.stringify(option);
          return <Checkbox key={text} value={text} label={typeof option === "string" ? option : text} disabled={disabled} />;
        })}
      </div>
    </Checkbox.Group>
  );
}

function Rows({ root, field, label, onChange, errors, path, disabled, Inner, items }: ControlProps & { items: Json[] }) {
  const most = field.rules.maxItems ?? MOST_ROWS;
  const nested = ["object", "union", "list", "map"].includes(fieldOf(root, field.rules.items).kind);
  return (
    <Group label={label} description={saidOf(field.rules.description, label)} error={errors[path]}>
      {items.map((item, index) => (
        <Row key={index} onRemove={() => onChange(items.filter((_, place) => place !== index))} name={forms.item(label, index + 1)} disabled={disabled}>
          <Inner
            root={root}
            schema={field.rules.items}
            path={joined(path, index)}
            label={nested ? `${index + 1}` : forms.item(label, index + 1)}
            required="row"
            value={item}
            onChange={(next) => onChange(items.map((old, place) => (place === index ? (next ?? null) : old)))}
            errors={errors}
            disabled={disabled}
          />
        </Row>
      ))}
      {items.length < most && (
        <Add disabled={disabled} onClick={() => onChange([...items, initialOf(root, field.rules.items) ?? emptyOf(fieldOf(root, field.rules.items).kind)])}>
          {forms.add(label)}
        </Add>
      )}
    </Group>
  );
}

/** A new row of a list is there at once, so it must be something. */
const emptyOf = (kind: string): Json => (kind === "text" ? "" : null);

export function TupleField({ root, field, label, value, onChange, errors, path, disabled, Inner }: ControlProps) {
  const items = listOf(value);
  const places = field.rules.prefixItems ?? [];
  return (
    <Group label={label} description={saidOf(field.rules.description, label)} error={errors[path]}>
      {places.map((schema, index) => (
        <Inner
          key={index}
          root={root}
          schema={schema}
          path={joined(path, index)}
          label={placeOf(schema, forms.item(label, index + 1))}
          required="row"
          value={items[index]}
          onChange={(next) => onChange(places.map((_, place) => (place === index ? next : items[place]) ?? null))}
          errors={errors}
          disabled={disabled}
        />
      ))}
    </Group>
  );
}

export function MapField(props: ControlProps) {
  const value = isObject(props.value) ? props.value : {};
  const { field } = props;
  return (
    <Group label={props.label} description={saidOf(field.rules.description, props.label)} error={props.errors[props.path]}>
      <MapEntries {...props} schema={field.rules.additionalProperties} names={Object.keys(value)} value={value} onChange={props.onChange} />
    </Group>
  );
}

type EntriesProps = Omit<ControlProps, "field" | "required" | "value" | "onChange"> & {
  names: readonly string[];
  value: JsonObject;
  onChange: (value: JsonObject) => void;
};

/** Rows of name and value. */
export function MapEntries({ root, schema, names, value, onChange, errors, path, disabled, Inner }: EntriesProps) {
  return (
    <>
      {names.map((name, index) => (
        <Row key={index} onRemove={() => onChange(withProperty(value, name, undefined))} name={name} disabled={disabled}>
          <div className="c32-form-pair">
            <TextInput
              label={forms.name}
              value={name}
              disabled={disabled}
              onChange={(event) => onChange(renamed(value, name, event.currentTarget.value))}
            />
            <Inner
              root={root}
              schema={schema}
              path={joined(path, name)}
              label={forms.value}
              required="row"
              value={value[name]}
              onChange={(next) => onChange({ ...value, [name]: next ?? null })}
              errors={errors}
              disabled={disabled}
            />
          </div>
        </Row>
      ))}
      <Add disabled={disabled} onClick={() => onChange({ ...value, [freeName(value, forms.newName)]: initialOf(root, schema) ?? "" })}>
        {forms.addValue}
      </Add>
    </>
  );
}

function Group({ label, description, error, children }: { label: string; description?: string; error?: string; children: ReactNode }) {
  return (
    <fieldset className="c32-form-group">
      <legend>{label}</legend>
      {description && <p className="c32-dim">{description}</p>}
      {error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      {children}
    </fieldset>
  );
}

function Row({ name, onRemove, disabled, children }: { name: string; onRemove: () => void; disabled: boolean; children: ReactNode }) {
  return (
    <div className="c32-form-row">
      <div>{children}</div>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={forms.remove(name)} onClick={onRemove} disabled={disabled}>
        <X size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}

function Add({ onClick, disabled, children }: { onClick: () => void; disabled: boolean; children: ReactNode }) {
  return (
    <Button size="xs" variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={onClick} disabled={disabled} className="c32-form-add">
      {children}
    </Button>
  );
}
