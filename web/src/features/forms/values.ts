/** The values that a form starts from. Pure. */
import { fieldOf, resolve, type Json, type JsonObject, type Rules, type Schema } from "./schema";

const DEEPEST = 8;

/**
 * What a field holds before somebody touches it: its default, and for what must be given the emptiest value of its kind.
 * `undefined` is not sent, so that a bot's own defaults hold and the server says what is missing.
 */
export function initialOf(root: Rules, schema: Schema | undefined, required = true, depth = 0): Json | undefined {
  const field = fieldOf(root, schema);
  if (field.rules.default !== undefined) return structuredClone(field.rules.default);
  if (!required) return undefined;
  if (field.nullable) return null;
  switch (field.kind) {
    case "boolean":
      return false;
    case "choice":
      return field.options.length === 1 ? field.options[0] : undefined;
    case "list":
    case "tuple":
      return emptyList(root, field.rules, depth);
    case "map":
      return {};
    case "object":
      return depth > DEEPEST ? {} : initialObject(root, field.rules, depth);
    case "union":
      return depth > DEEPEST ? undefined : initialOf(root, field.branches[0], true, depth + 1);
    default:
      return undefined;
  }
}

function emptyList(root: Rules, rules: Rules, depth: number): Json[] {
  if (depth > DEEPEST) return [];
  const places = rules.prefixItems ?? Array.from({ length: Math.min(rules.minItems ?? 0, 10) }, () => rules.items ?? {});
  return places.map((place) => initialOf(root, place, true, depth + 1) ?? null);
}

function initialObject(root: Rules, rules: Rules, depth: number): JsonObject {
  const value: JsonObject = {};
  for (const [name, schema] of Object.entries(rules.properties ?? {})) {
    const first = initialOf(root, schema, rules.required?.includes(name) ?? false, depth + 1);
    if (first !== undefined) value[name] = first;
  }
  return value;
}

/** The input that a bot's form starts from. */
export function initialInput(schema: Schema | undefined): JsonObject {
  const root = resolve({}, schema);
  return initialObject(root, root, 0);
}

/** The same object with one property changed; `undefined` takes it out. The order of the others stays. */
export function withProperty(value: JsonObject, name: string, next: Json | undefined): JsonObject {
  if (next !== undefined) return { ...value, [name]: next };
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

/** The same object with a property of another name, at its place. A name that is taken changes nothing. */
export function renamed(value: JsonObject, from: string, to: string): JsonObject {
  if (from === to || to in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key === from ? to : key, item]));
}

/** A name that no property has yet. */
export function freeName(value: JsonObject, wish: string): string {
  let name = wish;
  for (let number = 2; name in value; number += 1) name = `${wish}_${number}`;
  return name;
}
