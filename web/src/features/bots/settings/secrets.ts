/** Which secrets a bot has in which environment. Pure. */

interface Stored {
  name: string;
  environment: string | null;
}

export type Reach = "own" | "every" | "none";

/** Where the value comes from that a bot gets: the environment's own, the one for every environment, or nowhere. */
export function reachOf(stored: readonly Stored[], name: string, environment: string): Reach {
  const found = stored.filter((one) => one.name === name);
  if (found.some((one) => one.environment === environment)) return "own";
  return found.some((one) => one.environment === null) ? "every" : "none";
}
