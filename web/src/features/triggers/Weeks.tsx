import { VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { calendar as texts } from "../../texts/triggers";
import type { Day, Entry } from "./calendar";
import { EntryLink } from "./EntryLink";
import { longDay, weekdayName } from "./titles";

const SHOWN_IN_MONTH = 3;

interface Props {
  weeks: Day[][];
  entries: Map<Day, Entry[]>;
  today: Day;
  /** `2026-11`: days of other months are dim, and a full day is cut. Without it everything is shown. */
  month?: string | undefined;
}

/** Weeks as rows and days as cells. */
export function Weeks({ weeks, entries, today, month }: Props) {
  return (
    <table className="c32-weeks" data-tall={month === undefined || undefined}>
      <caption>
        <VisuallyHidden>{texts.label}</VisuallyHidden>
      </caption>
      <thead>
        <tr>
          {weeks[0]?.map((day) => (
            <th scope="col" key={day}>
              {weekdayName(day)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((day) => (
              <td key={day} data-other={(month && !day.startsWith(month)) || undefined} data-past={day < today || undefined}>
                <Cell day={day} entries={entries.get(day) ?? []} today={day === today} most={month ? SHOWN_IN_MONTH : undefined} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ day, entries, today, most }: { day: Day; entries: Entry[]; today: boolean; most: number | undefined }) {
  const shown = most === undefined || entries.length <= most ? entries : entries.slice(0, most - 1);
  return (
    <>
      <Link
        className="c32-date"
        to="/triggers"
        search={{ view: "agenda", day }}
        aria-current={today ? "date" : undefined}
      >
        {Number(day.slice(8))}
        <VisuallyHidden>{texts.dayOf(longDay(day))}</VisuallyHidden>
      </Link>
      <ul>
        {shown.map((entry) => (
          <li key={entry.key}>
            <EntryLink entry={entry} />
          </li>
        ))}
        {shown.length < entries.length && (
          <li>
            <Link className="c32-more" to="/triggers" search={{ view: "agenda", day }}>
              {texts.more(entries.length - shown.length)}
            </Link>
          </li>
        )}
      </ul>
    </>
  );
}
