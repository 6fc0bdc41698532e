/** What a manifest asks for, as short lines. Pure. */

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Names of the secrets of a manifest, however each is written. */
export function secretsOf(manifest: Record<string, unknown>): { name: string; host?: string }[] {
  const found = Array.isArray(manifest.secrets) ? (manifest.secrets as unknown[]) : [];
  return found.map((one) => {
    if (typeof one === "string") return { name: one };
    const { name, host } = one as { name: string; host?: string };
    return { name, host: host ?? undefined };
  });
}

export function listOf(manifest: Record<string, unknown>, key: string): string[] {
  const found = manifest[key];
  return Array.isArray(found) ? found.map(text) : [];
}

/** Entries of a table that say something, for example of `limits`. */
export function tableOf(manifest: Record<string, unknown>, key: string): [string, string][] {
  const found = manifest[key];
  if (found === null || typeof found !== "object" || Array.isArray(found)) return [];
  return Object.entries(found).flatMap(([name, value]): [string, string][] => (value === null || value === undefined ? [] : [[name, text(value)]]));
}

export interface Asked {
  what: string;
  values: string[];
}

/** Everything that a manifest lets a bot do outside of its sandbox. */
export function permissionsOf(manifest: Record<string, unknown>): Asked[] {
  const asked: Asked[] = [
    { what: "network", values: listOf(manifest, "network") },
    { what: "secrets", values: secretsOf(manifest).map((one) => one.name) },
    { what: "calls", values: listOf(manifest, "calls") },
    { what: "knowledge", values: listOf(manifest, "knowledge") },
    { what: "budget", values: tableOf(manifest, "budget").map(([name, value]) => `${name} ${value}`) },
    { what: "triggers", values: listOf(manifest, "triggers").map(trigger) },
  ];
  return asked.filter((one) => one.values.length > 0);
}

function trigger(json: string): string {
  try {
    const { schedule, timezone, webhook, name } = JSON.parse(json) as Record<string, unknown>;
    if (schedule) return [schedule, timezone].filter(Boolean).map(text).join(" ");
    if (webhook) return `webhook ${text(name ?? "")}`.trim();
  } catch {
    // Another kind of trigger is shown as it is written.
  }
  return json;
}
