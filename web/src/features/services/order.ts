import type { Service } from "./queries";

/** The worse it is, the sooner a person should see it. */
const URGENCY: Record<string, number> = { quarantined: 0, down: 1, degraded: 2, updating: 3, starting: 3 };
const CALM = 4;

export function urgentFirst(services: readonly Service[]): Service[] {
  return [...services].sort((a, b) => (URGENCY[a.status] ?? CALM) - (URGENCY[b.status] ?? CALM) || a.bot_name.localeCompare(b.bot_name));
}

/** For a service, to run is to be well. */
export const toneOfStatus = (status: string) => (status === "running" ? "good" : undefined);

/** What a version is called; null means that several run at once. */
export function versionName(version: { number: number | null } | null): string {
  return version?.number ? `#${version.number}` : "–";
}
