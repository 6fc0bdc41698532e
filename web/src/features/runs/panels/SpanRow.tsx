import { UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

import { StatusBadge } from "../../../components/StatusBadge";
import { useAddress } from "../../../components/useAddress";
import { run as texts } from "../../../texts/runs";
import { duration } from "../../../format/duration";
import { money } from "../../../format/money";
import { size, whole } from "../../../format/size";
import { short } from "../ids";
import type { Span } from "../queries";
import type { Bar } from "./waterfall";

const TONES: Record<string, string> = {
  queued: "quiet", attempt: "busy", step: "good", sleep: "quiet", waiting: "quiet", approval: "warn", call: "main", model: "main", request: "busy", event: "warn", run: "main",
}; // prettier-ignore
/** Their names say what they are. */
const NAMED = new Set(["attempt", "queued"]);
const BAD = new Set(["failed", "timed_out", "refused", "lost", "error", "rejected"]);

/** A span: its name with a way to its details, how long it took, and where in the whole that was. */
export function SpanRow({ bar: { span, depth, left, width } }: { bar: Bar }) {
  const [address, change] = useAddress();
  const open = address.span === span.id;
  return (
    <>
      <tr data-open={open || undefined}>
        <th scope="row" style={{ paddingLeft: `${depth * 1}rem` }}>
          <UnstyledButton
            className="c32-trace-name"
            aria-expanded={open}
            onClick={() => change({ span: open ? "" : span.id })}
          >
            <ChevronRight size={14} aria-hidden className="c32-trace-mark" />
            {!NAMED.has(span.kind) && <span className="c32-trace-kind">{texts.trace.kinds[span.kind] ?? span.kind}</span>}
            <span className="c32-trace-words">{span.name}</span>
          </UnstyledButton>
        </th>
        <td className="c32-trace-took">
          {span.estimated && "≤ "}
          {duration(span.duration_ms)}
        </td>
        <td aria-hidden>
          <div className="c32-trace-track">
            <div
              className="c32-trace-bar"
              data-tone={BAD.has(span.status) ? "bad" : TONES[span.kind]}
              data-going={span.ended_at === null || undefined}
              data-estimated={span.estimated || undefined}
              style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
            />
          </div>
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={3} style={{ paddingLeft: `${depth + 1.25}rem` }}>
            <Details span={span} />
          </td>
        </tr>
      )}
    </>
  );
}

function Details({ span }: { span: Span }) {
  return (
    <dl className="c32-facts c32-trace-details">
      <dt>{texts.trace.start}</dt>
      <dd>{duration(span.offset_ms)}</dd>
      <dt>{texts.trace.took}</dt>
      <dd>
        {duration(span.duration_ms)} <StatusBadge status={span.status} /> {span.estimated && <span className="c32-dim">{texts.trace.estimated}</span>}
      </dd>
      {Object.entries(span.attributes).map(([name, value]) => (
        <Fact name={name} value={value} key={name} />
      ))}
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{texts.trace.attribute[name] ?? name}</dt>
      <dd className="c32-break">{said(name, value)}</dd>
    </>
  );
}

/** Attributes come from bots and models: numbers in their unit, everything else as text. */
function said(name: string, value: unknown): ReactNode {
  if (typeof value === "number") {
    if (name === "peak_memory" || name.startsWith("bytes_")) return size(value);
    return name.endsWith("_ms") ? duration(value) : name === "port" ? value : whole(value);
  }
  if (typeof value !== "string") return JSON.stringify(value);
  if (name === "cost") return money(value);
  if (name === "reason") return texts.network.reasons[value] ?? value;
  if (name !== "run_id") return value;
  return (
    <Link className="c32-link" to="/runs/$runId" params={{ runId: value }}>
      {short(value)}
    </Link>
  );
}
