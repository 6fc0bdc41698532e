/** What a JSON Schema (2020-12, as the platform and pydantic write it) asks for, in the terms of a form. Pure. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };
export type JsonObject = { [key: string]: Json | undefined };

/** The keywords that a form knows; others are left to the server, which checks every input again. */
export interface Rules {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  title?: string;
  description?: string;
  default?: Json;
  enum?: Json[];
  const?: Json;
  format?: string;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema;
  items?: Schema;
  prefixItems?: Schema[];
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  writeOnly?: boolean;
}
export type Schema = boolean | Rules;

export type Kind = "text" | "number" | "boolean" | "choice" | "list" | "tuple" | "object" | "map" | "union" | "json";

/** How a value is asked for. `rules` have their references followed; null is no kind but a property of others. */
export interface Field {
  kind: Kind;
  rules: Rules;
  nullable: boolean;
  /** Values to choose from, of a `choice`; what the value may be, of a `union`. */
  options: Json[];
  branches: Rules[];
}

const MOST_REFERENCES = 20;

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The rules that count: `$ref` followed, `allOf` laid over one another; what stands beside a reference wins. */
export function resolve(root: Rules, schema: Schema | undefined): Rules {
  let rules: Rules = isRules(schema) ? schema : {};
  for (let step = 0; step < MOST_REFERENCES; step += 1) {
    if (rules.$ref !== undefined) {
      const { $ref, ...beside } = rules;
      const target = root.$defs?.[$ref.replace("#/$defs/", "")];
      rules = { ...(isRules(target) ? target : {}), ...beside };
    } else if (rules.allOf !== undefined) {
      const { allOf, ...beside } = rules;
      rules = Object.assign({}, ...allOf.map((part) => resolve(root, part)), beside) as Rules;
    } else return rules;
  }
  return {}; // A reference that leads to itself allows anything.
}

export function isRules(schema: Schema | undefined): schema is Rules {
  return typeof schema === "object";
}

export function fieldOf(root: Rules, schema: Schema | undefined): Field {
  const rules = resolve(root, schema);
  const choices = (rules.anyOf ?? rules.oneOf ?? typesOf(rules)).map((branch) => resolve(root, branch));
  if (choices.length === 0) return plain(rules, false);
  const branches = choices.filter((branch) => branch.type !== "null" && branch.const !== null);
  const nullable = branches.length < choices.length;
  const only = branches[0];
  if (only === undefined) return { ...plain(rules, nullable), kind: "choice", options: [null] };
  if (branches.length === 1) return alone(root, rules, only, nullable);
  const constants = branches.flatMap(constantOf);
  if (constants.length === branches.length) return { ...plain(rules, nullable), kind: "choice", options: constants };
  return { ...plain(rules, nullable), kind: "union", branches };
}

/** `anyOf` of one branch and null: the branch, with what is said beside it (title, description, default). */
function alone(root: Rules, rules: Rules, branch: Rules, nullable: boolean): Field {
  const field = fieldOf(root, branch);
  const all = { ...field.rules, ...without(rules, ["anyOf", "oneOf"]), type: branch.type };
  return { ...field, rules: all, nullable: nullable || field.nullable };
}

function typesOf(rules: Rules): Rules[] {
  if (!Array.isArray(rules.type)) return [];
  const bare = without(rules, ["default", "title", "description"]);
  return rules.type.map((type) => ({ ...bare, type }));
}

function without(rules: Rules, keys: readonly (keyof Rules)[]): Rules {
  return Object.fromEntries(Object.entries(rules).filter(([key]) => !keys.includes(key as keyof Rules)));
}

function constantOf(rules: Rules): Json[] {
  return rules.const === undefined ? [] : [rules.const];
}

function plain(rules: Rules, nullable: boolean): Field {
  const options = rules.const === undefined ? (rules.enum ?? []) : [rules.const];
  const some = options.filter((option) => option !== null);
  return { kind: kindOf(rules), rules, nullable: nullable || some.length < options.length, options: some, branches: [] };
}

function kindOf(rules: Rules): Kind {
  if (rules.enum !== undefined || rules.const !== undefined) return "choice";
  switch (rules.type) {
    case "string":
      return "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
      if (rules.prefixItems !== undefined) return "tuple";
      return rules.items === undefined || rules.items === true ? "json" : "list";
    case "object":
      if (Object.keys(rules.properties ?? {}).length > 0) return "object";
      return "map";
    default:
      return "json";
  }
}

/** The branch of a union that a value belongs to; the first one if it fits none. */
export function branchOf(root: Rules, field: Field, value: Json | undefined): number {
  const found = field.branches.findIndex((branch) => value !== undefined && looksLike(root, branch, value));
  return Math.max(found, 0);
}

/** Enough to tell branches apart: the type, constants of an object's properties, and that nothing required is missing. */
function looksLike(root: Rules, rules: Rules, value: Json): boolean {
  const field = plain(rules, false);
  if (field.kind === "choice") return field.options.includes(value);
  if (rules.type === "integer") return Number.isInteger(value);
  if (field.kind === "number") return typeof value === "number";
  if (field.kind === "text") return typeof value === "string";
  if (field.kind === "boolean") return typeof value === "boolean";
  if (rules.type === "array") return Array.isArray(value);
  if (rules.type !== "object") return true;
  if (!isObject(value) || (rules.required ?? []).some((name) => !(name in value))) return false;
  return Object.entries(rules.properties ?? {}).every(([name, schema]) => {
    const constant = resolve(root, schema).const;
    return constant === undefined || value[name] === undefined || value[name] === constant;
  });
}
