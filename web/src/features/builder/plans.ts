/** A plan as a form has it, and back. Pure. */
import type { Plan } from "./documents";

export const linesOf = (items: readonly string[]) => items.join("\n");

export function itemsOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** The plan that was typed as JSON; undefined where it is none. The server says what else is wrong with it. */
export function parsePlan(text: string): Plan | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Plan) : undefined;
  } catch {
    return undefined;
  }
}
