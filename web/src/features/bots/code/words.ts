/** Words that complete a manifest, read from its JSON Schema. Pure. */
import type { Word } from "../../../components/code/CodeEditor";
import { resolve, type Rules, type Schema } from "../../forms/schema";

const TABLE = "tool.codex32";

/** The keys of each table with what they mean; tables within lists (triggers) are left to their examples. */
export function wordsOf(schema: unknown): Word[] {
  const root = resolve({}, schema as Schema | undefined);
  return keysOf(root, root, TABLE);
}

function keysOf(root: Rules, rules: Rules, table: string): Word[] {
  return Object.entries(rules.properties ?? {}).flatMap(([label, property]) => {
    const inner = resolve(root, property);
    const word: Word = { label, table, detail: detailOf(inner), info: inner.description };
    return inner.properties ? [word, ...keysOf(root, inner, `${table}.${label}`)] : [word];
  });
}

function detailOf(rules: Rules): string {
  const example = (rules as { examples?: unknown[] }).examples?.[0];
  if (rules.enum) return rules.enum.map((value) => JSON.stringify(value)).join(" | ");
  return example === undefined ? "" : `e.g. ${JSON.stringify(example)}`;
}
