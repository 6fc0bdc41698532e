/** What may be decided about a proposal, by whom, and why not. Pure. */
import { proposal as texts } from "../../texts/proposals";
import type { Proposal } from "./queries";

export interface Choices {
  approve: boolean;
  apply: boolean;
  reject: boolean;
  /** Why what could be expected here cannot be done. */
  reasons: string[];
}

export function choicesOf(one: Pick<Proposal, "status" | "proof" | "stale" | "widening">, may: (scope: string) => boolean): Choices {
  const open = one.status === "proposed" || one.status === "approved";
  if (!open) return { approve: false, apply: false, reject: false, reasons: [] };
  const write = may("proposals:write");
  if (!write) return { approve: false, apply: false, reject: false, reasons: [texts.may] };
  const widens = !one.widening || may("proposals:widen");
  const proven = one.proof === "proven";
  const reasons = [
    ...(proven || one.status !== "proposed" ? [] : [texts.notProven]),
    ...(widens ? [] : [texts.widerNeeds]),
  ];
  return {
    approve: one.status === "proposed" && proven && widens && !one.stale,
    apply: one.status === "approved" && widens && !one.stale,
    reject: true,
    reasons,
  };
}

/** A value of the manifest as it is shown. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

interface Change {
  path: string;
  before?: unknown;
  after?: unknown;
}

/** `network: hooks.slack.com` for something new, `limits.timeout: 1m → 3m` for more of something. */
export function widerLine({ path, before, after }: Change): string {
  return before === null || before === undefined ? texts.widerNew(path, shown(after)) : texts.widerLine(path, shown(before), shown(after));
}
