import { Text } from "@mantine/core";

import { calendar as texts } from "../../texts/triggers";
import type { Day, Entry } from "./calendar";
import { EntryLink } from "./EntryLink";
import { longDay } from "./titles";

/** Days below each other, without those on which nothing fires. */
export function Agenda({ days, entries }: { days: Day[]; entries: Map<Day, Entry[]> }) {
  const busy = days.filter((day) => entries.has(day));
  if (busy.length === 0) return <Text className="c32-dim">{texts.nothing}</Text>;
  return (
    <div className="c32-agenda">
      {busy.map((day) => (
        <section key={day} aria-label={longDay(day)}>
          <h3>{longDay(day)}</h3>
          <ul>
            {entries.get(day)?.map((entry) => (
              <li key={entry.key}>
                <EntryLink entry={entry} long />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
