/** Names of all zones that this browser knows, with UTC first: it is not among those it lists. */
export const ZONES: string[] = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

/** All of them, and `zone` if it is none of them: what was chosen elsewhere stays to be seen. */
export function zonesWith(zone: string): string[] {
  return ZONES.includes(zone) ? ZONES : [zone, ...ZONES];
}
