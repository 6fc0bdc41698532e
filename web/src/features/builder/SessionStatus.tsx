import { StatusBadge } from "../../components/StatusBadge";
import { builder } from "../../texts/builder";
import type { Summary } from "./documents";

const TONES: Record<Summary["status"], "good" | "bad" | "busy" | "warn" | "quiet"> = {
  working: "busy",
  asking: "warn",
  reviewing: "warn",
  published: "good",
  refused: "bad",
  failed: "bad",
  cancelled: "quiet",
};

export function SessionStatus({ session }: { session: Pick<Summary, "status"> }) {
  return <StatusBadge status={session.status} tone={TONES[session.status]} label={builder.status[session.status]} />;
}
