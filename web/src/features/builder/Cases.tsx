import { VisuallyHidden } from "@mantine/core";
import { Check, CircleSlash, X, type LucideIcon } from "lucide-react";

import { session } from "../../texts/builder";
import "./builder.css";
import type { Case } from "./documents";
import { plainName } from "./progress";

const { tests: texts } = session;
const ICONS: Record<string, LucideIcon> = { passed: Check, failed: X };
const TONES: Record<string, string> = { passed: "good", failed: "bad" };

/** The tests of a bot with what they showed; those that failed first. */
export function Cases({ cases }: { cases: readonly Case[] }) {
  const failed = cases.filter((one) => one.outcome === "failed");
  const rest = cases.filter((one) => one.outcome !== "failed");
  return (
    <ul className="c32-cases" aria-label={texts.list}>
      {[...failed, ...rest].map((one) => (
        <CaseRow test={one} key={one.name} />
      ))}
    </ul>
  );
}

/** The message of one that failed stands below. */
function CaseRow({ test }: { test: Case }) {
  const Icon = ICONS[test.outcome] ?? CircleSlash;
  const message = test.outcome === "failed" ? test.message : "";
  return (
    <li data-tone={TONES[test.outcome] ?? "quiet"} data-long={message ? "" : undefined}>
      <Icon size={14} aria-hidden />
      <div className="c32-test">
        <span title={test.name}>{plainName(test.name)}</span>
        <VisuallyHidden>: {texts.outcome[test.outcome] ?? test.outcome}</VisuallyHidden>
        {message && (
          <pre className="c32-message" tabIndex={0}>
            {message}
          </pre>
        )}
      </div>
    </li>
  );
}
