import type { Happening } from "../../components/Timeline";

const TONES: Record<string, Happening["tone"]> = {
  failed: "bad", unhealthy: "bad", quarantined: "bad", lost: "bad", rolled_back: "bad", unready: "warn", paused: "warn",
  ready: "good", rolled_out: "good", resumed: "good", created: "busy", rollout: "busy", restart: "busy", scaled: "busy",
}; // prettier-ignore

/** How grave a thing that happened to a service is. */
export function toneOf(kind: string): Happening["tone"] {
  return TONES[kind] ?? "quiet";
}

/** A value of a manifest in words: `{http: "/health", failures: 3}` → `http /health, failures 3`. */
export function said(value: unknown): string {
  if (Array.isArray(value)) return value.map(said).join(" ");
  if (value !== null && typeof value === "object") {
    return Object.entries(value)
      .filter(([, one]) => one !== null)
      .map(([name, one]) => `${name.replaceAll("_", " ")} ${said(one)}`)
      .join(", ");
  }
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}
