/** What may be chosen beside the words of a wish. Pure. */
import type { Schemas } from "../../api/types";

export type Engine = NonNullable<Schemas["NewSession"]["engine"]>;
export const ENGINES: readonly Engine[] = ["auto", "recipes", "models"];

export interface Options {
  engine: Engine;
  name: string;
  budget: string;
  defaults: boolean;
  dry: boolean;
  files: File[];
}

export function noOptions(engine: string | undefined): Options {
  const known = ENGINES.find((one) => one === engine) ?? "auto";
  return { engine: known, name: "", budget: "", defaults: false, dry: false, files: [] };
}

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

export const nameFits = (name: string) => name === "" || NAME.test(name);

/** The fields of a new session that differ from what holds without them. */
export function asked(options: Options): Partial<Schemas["NewSession"]> {
  return {
    engine: options.engine,
    ...(options.name ? { name: options.name } : {}),
    ...(options.budget ? { budget_usd: options.budget } : {}),
    ...(options.defaults ? { assume_defaults: true } : {}),
    ...(options.dry ? { dry_run: true } : {}),
  };
}
