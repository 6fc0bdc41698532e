/** An output that is read as a list: named values, none of which holds others. Pure. */
import { inWords } from "../../forms/labels";
import { isObject } from "../../forms/schema";

const MOST_PAIRS = 40;
const LONGEST = 2000;

export type Pair = readonly [label: string, value: string];

/** Undefined for everything that only JSON shows well: what is nested, long, or no object. */
export function pairsOf(output: unknown): Pair[] | undefined {
  if (!isObject(output)) return undefined;
  const entries = Object.entries(output);
  if (entries.length === 0 || entries.length > MOST_PAIRS) return undefined;
  const labels = entries.map(([name]) => labelOf(name));
  const distinct = new Set(labels).size === labels.length;
  const pairs = entries.map(([name, value], at) => [distinct ? (labels[at] ?? name) : name, said(value)] as const);
  return pairs.every((pair): pair is Pair => pair[1] !== undefined) ? pairs : undefined;
}

/** Names of code in words; what a person wrote, with spaces or other letters, as it is. */
function labelOf(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? inWords(name) : name;
}

function said(value: unknown): string | undefined {
  if (value === null) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.length <= LONGEST ? value : undefined;
}
