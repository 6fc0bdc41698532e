import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Timeline, type Happening } from "../../components/Timeline";
import { incident as texts } from "../../texts/incidents";
import { toneOf } from "../services/happenings";
import type { Detail } from "./queries";

type Entry = Detail["timeline"][number];

const OWN = { opened: "bad", resolved: "good" } as const;
const RUNS = new Map([["succeeded", "good"], ["failed", "bad"], ["timed_out", "bad"], ["running", "busy"]] as const); // prettier-ignore

/** From an hour before it was opened to what was done about it. */
export function Story({ entries }: { entries: Detail["timeline"] }) {
  return (
    <>
      <Text size="sm" className="c32-dim" mb="sm">
        {texts.timelineAbout}
      </Text>
      <Timeline label={texts.timeline} items={entries.map(happening)} />
    </>
  );
}

function happening(entry: Entry, place: number): Happening {
  return {
    key: String(place),
    at: entry.at,
    tone: tone(entry),
    kind: entry.source === "run" ? texts.runKind(entry.kind.replaceAll("_", " ")) : entry.kind.replaceAll("_", " "),
    text: entry.message,
    links: entry.run_id && (
      <Link className="c32-link" to="/runs/$runId" params={{ runId: entry.run_id }}>
        {texts.openRun}
      </Link>
    ),
  };
}

function tone({ source, kind }: Entry): Happening["tone"] {
  if (source === "incident") return OWN[kind as keyof typeof OWN];
  return source === "run" ? (RUNS.get(kind as "failed") ?? "quiet") : toneOf(kind);
}
