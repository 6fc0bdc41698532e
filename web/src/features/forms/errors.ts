/** The server's complaints, sorted to the fields that they are about. Pure. */
import type { Problem } from "../../api/client";

/** Dotted path below the form's value (`place.city`, `lines.0.price`; "" is the whole) → what is wrong. */
export type FieldErrors = Readonly<Record<string, string>>;

/** `name` is what the server calls the value of the form, for example `input`. Complaints about anything else are left out. */
export function fieldErrors(problem: Problem | undefined, name = "input"): FieldErrors {
  const found: Record<string, string> = {};
  for (const error of problem?.errors ?? []) {
    const path = below(error.field ?? "", name);
    if (path === undefined) continue;
    const text = error.expected ? `${error.detail} (${error.expected})` : error.detail;
    found[path] = found[path] ? `${found[path]}; ${text}` : text;
  }
  return found;
}

function below(field: string, name: string): string | undefined {
  if (field === name) return "";
  return field.startsWith(`${name}.`) ? field.slice(name.length + 1) : undefined;
}

export const joined = (path: string, key: string | number) => (path === "" ? String(key) : `${path}.${key}`);

/** What is said about this path or anything below it, for a field that shows its insides as one text. */
export function errorsWithin(errors: FieldErrors, path: string): string | undefined {
  const found = Object.entries(errors).filter(([key]) => key === path || path === "" || key.startsWith(`${path}.`));
  const texts = found.map(([key, text]) => (key === path ? text : `${key.slice(path === "" ? 0 : path.length + 1)} ${text}`));
  return texts.join("; ") || undefined;
}

/** What is said about properties of `path` that the form has no field for. */
export function strayErrors(errors: FieldErrors, path: string, shown: readonly string[]): string[] {
  const prefix = path === "" ? "" : `${path}.`;
  return Object.entries(errors).flatMap(([key, text]) => {
    if (key === path) return [text];
    if (!key.startsWith(prefix)) return [];
    const rest = key.slice(prefix.length);
    return shown.includes(rest.split(".")[0] ?? "") ? [] : [`${rest} ${text}`];
  });
}
