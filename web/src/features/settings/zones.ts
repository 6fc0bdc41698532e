/** Names of all zones that this browser knows, with UTC first: it is not among those it lists. */
export const ZONES: string[] = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
