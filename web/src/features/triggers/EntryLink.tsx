import { VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Circle, CircleCheck, CircleMinus, CircleX, LoaderCircle } from "lucide-react";

import { usePreferences } from "../../api/preferences";
import type { Search } from "../../router";
import { calendar as texts } from "../../texts/triggers";
import type { Entry, Tone } from "./calendar";
import { clockTime } from "./titles";
import { inWords } from "./words";

const ICONS: Record<Tone, typeof Circle> = { good: CircleCheck, bad: CircleX, warn: CircleMinus, busy: LoaderCircle, quiet: Circle };

/** One line of a day. What has passed leads to its run; the rest opens the schedule beside the calendar. */
export function EntryLink({ entry, long = false }: { entry: Entry; long?: boolean }) {
  const { state } = entry;
  const looks = {
    className: "c32-entry",
    "data-often": (isMany(entry) && !state) || undefined,
    "data-paused": entry.paused || undefined,
    "data-tone": state?.tone,
    title: [`${entry.bot}: ${entry.cron ? inWords(entry.cron) : entry.name}`, state?.text, entry.detail].filter(Boolean).join(" · "),
  };
  const inside = <Inside entry={entry} long={long} />;
  if (entry.run) {
    return (
      <Link {...looks} to="/runs/$runId" params={{ runId: entry.run }}>
        {inside}
      </Link>
    );
  }
  if (entry.deleted) return <span {...looks}>{inside}</span>;
  return (
    <Link {...looks} to="." search={(present: Search) => ({ ...present, schedule: entry.schedule })} resetScroll={false}>
      {inside}
    </Link>
  );
}

const isMany = (entry: Entry) => entry.count > 1 || entry.at === null;

function Inside({ entry, long }: { entry: Entry; long: boolean }) {
  const { zone } = usePreferences();
  const { state, detail } = entry;
  const Icon = state && ICONS[state.tone];
  const said = state?.text && <span className="c32-entry-said">{[state.text, long && detail].filter(Boolean).join(": ")}</span>;
  return (
    <>
      {Icon && <Icon size={12} aria-hidden />}
      <b>{isMany(entry) ? texts.often(entry.count) : entry.at && clockTime(entry.at, zone)}</b> <span>{entry.bot}</span>
      {long && <span className="c32-dim">{entry.cron ? inWords(entry.cron) : entry.name}</span>}
      {said && (long ? said : <VisuallyHidden>{said}</VisuallyHidden>)}
      {entry.paused && (long ? <span className="c32-dim">{texts.paused}</span> : <VisuallyHidden>{texts.paused}</VisuallyHidden>)}
    </>
  );
}
