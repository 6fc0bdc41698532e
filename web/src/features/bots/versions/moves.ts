/** Where the pointers of environments have been. Pure. */
import type { Schemas } from "../../../api/types";

export type Move = Schemas["MoveView"];

const ALWAYS = ["dev", "staging", "prod"];

/**
 * The version that a rollback of an environment leads to, as the server finds it: what was published or promoted is a stack,
 * and a rollback takes off what it went back over. Moves are newest first; undefined: it cannot go back.
 */
export function backOf(moves: readonly Move[], environment: string): string | undefined {
  const stack: string[] = [];
  for (const move of moves.toReversed().filter((one) => one.environment === environment)) {
    const target = move.to_version_id;
    if (move.kind === "rollback" && stack.includes(target)) stack.length = stack.lastIndexOf(target) + 1;
    else if (stack.at(-1) !== target) stack.push(target);
  }
  return stack.at(-2);
}

/** The environments that a version could be promoted to: those that do not run it yet. */
export function targetsOf(present: readonly string[], runs: readonly string[]): string[] {
  return [...new Set([...ALWAYS, ...present])].filter((name) => !runs.includes(name));
}

/** What a version that is not proven may be promoted to is `dev` alone, and nothing while its tests run or when they failed. */
export function mayGoTo(proof: string, environment: string): boolean {
  return proof === "proven" || (proof === "unproven" && environment === "dev");
}
