type Tone = "good" | "bad" | "busy" | "warn" | "quiet";

const TONES: Record<string, Tone> = {
  succeeded: "good", proven: "good", healthy: "good", up: "good", active: "good", applied: "good", resolved: "good",
  published: "good", approved: "good", ready: "good", ok: "good", completed: "good", delivered: "good", accepted: "good",
  failed: "bad", timed_out: "bad", error: "bad", quarantined: "bad", refused: "bad", critical: "bad", down: "bad", open: "bad",
  running: "busy", pending: "busy", starting: "busy", building: "busy", indexing: "busy", updating: "busy",
  waiting: "warn", paused: "warn", proposed: "warn", degraded: "warn", warning: "warn", warn: "warn", needs_answers: "warn",
}; // prettier-ignore

/** A state in words; the colour and the dot only repeat what the word says. */
export function StatusBadge({ status, tone, label }: { status: string; tone?: Tone | undefined; label?: string }) {
  return (
    <span className="c32-status" data-tone={tone ?? TONES[status] ?? "quiet"}>
      {label ?? status.replaceAll("_", " ")}
    </span>
  );
}
