import { VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { usePreferences } from "../../api/preferences";
import type { Search } from "../../router";
import { calendar as texts } from "../../texts/triggers";
import type { Entry } from "./calendar";
import { clockTime } from "./titles";
import { inWords } from "./words";

/** One line of a day; it opens the schedule beside the calendar. */
export function EntryLink({ entry, long = false }: { entry: Entry; long?: boolean }) {
  const { zone } = usePreferences();
  const many = entry.count > 1 || entry.at === null;
  const time = many ? texts.often(entry.count) : entry.at && clockTime(entry.at, zone);
  return (
    <Link
      className="c32-entry"
      to="."
      search={(present: Search) => ({ ...present, schedule: entry.schedule })}
      resetScroll={false}
      data-often={many || undefined}
      data-paused={entry.paused || undefined}
      title={entry.cron ? `${entry.bot}: ${inWords(entry.cron)}` : `${entry.bot}: ${entry.name}`}
    >
      <b>{time}</b> <span>{entry.bot}</span>
      {long && <span className="c32-dim">{entry.cron ? inWords(entry.cron) : entry.name}</span>}
      {entry.paused && (long ? <span className="c32-dim">{texts.paused}</span> : <VisuallyHidden>{texts.paused}</VisuallyHidden>)}
    </Link>
  );
}
