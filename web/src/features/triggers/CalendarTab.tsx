import { Alert, Button, Group, SegmentedControl, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { CalendarClock, ChevronLeft, ChevronRight } from "lucide-react";

import { usePreferences } from "../../api/preferences";
import { useNow } from "../../components/clock";
import { EmptyState } from "../../components/EmptyState";
import { ProblemNote } from "../../components/ProblemNote";
import { useAddress } from "../../components/useAddress";
import { Waiting } from "../../components/Waiting";
import { dayTitle, monthTitle } from "./titles";
import { calendar as texts } from "../../texts/triggers";
import { Agenda } from "./Agenda";
import { addDays, addMonths, dayOf, firstOfWeek, isDay, monthOf, weekOf, type Day } from "./calendar";
import { schedules } from "./queries";
import { useFires } from "./useFires";
import { Weeks } from "./Weeks";

const PHONE = "(max-width: 48em)";
const AGENDA_DAYS = 14;
const VIEWS = (["month", "week", "agenda"] as const).map((value) => ({ value, label: texts.views[value] }));
type View = (typeof VIEWS)[number]["value"];

/** What fires when, by month, by week or as a list of days. A phone shows the list. */
export function CalendarTab() {
  const [address, change] = useAddress();
  const { zone } = usePreferences();
  const phone = useMediaQuery(PHONE, undefined, { getInitialValueInEffect: false });
  const here = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(useNow(), here);
  const day = isDay(address.day) ? address.day : today;
  const view = phone ? "agenda" : (VIEWS.find((one) => one.value === address.view)?.value ?? "month");
  const weeks = weeksOf(view, day);
  const found = useFires(weeks.flat(), here);
  const known = useInfiniteQuery(schedules());
  const show = (next: Day) => change({ day: next === today ? "" : next });

  if (known.data?.pages[0]?.items.length === 0) return <Nothing />;
  return (
    <section aria-label={texts.label}>
      <Group justify="space-between" mb="sm">
        <Group gap="xs">
          <Button.Group>
            <Button variant="default" size="xs" aria-label={texts.before} onClick={() => show(moved(view, day, -1))}>
              <ChevronLeft size={16} aria-hidden />
            </Button>
            <Button variant="default" size="xs" onClick={() => show(today)}>
              {texts.today}
            </Button>
            <Button variant="default" size="xs" aria-label={texts.after} onClick={() => show(moved(view, day, 1))}>
              <ChevronRight size={16} aria-hidden />
            </Button>
          </Button.Group>
          <Text fw={600} component="h2" size="md" aria-live="polite">
            {view === "month" ? monthTitle(day) : `${dayTitle(weeks.flat()[0] ?? day)} – ${dayTitle(weeks.flat().at(-1) ?? day)}`}
          </Text>
        </Group>
        <Group gap="sm">
          <Text size="sm" className="c32-dim">
            {texts.timesIn(here)}
          </Text>
          {!phone && (
            <SegmentedControl
              size="xs"
              aria-label={texts.view}
              data={VIEWS}
              value={view}
              onChange={(value) => change({ view: value === "month" ? "" : value })}
            />
          )}
        </Group>
      </Group>
      {found.error && <ProblemNote error={found.error} onRetry={found.retry} />}
      {found.truncated && (
        <Alert color="yellow" mb="sm" role="status">
          {texts.truncated}
        </Alert>
      )}
      {found.pending ? (
        <Waiting rows={6} height={96} />
      ) : view === "agenda" ? (
        <Agenda days={weeks.flat()} entries={found.entries} />
      ) : (
        <Weeks weeks={weeks} entries={found.entries} today={today} month={view === "month" ? day.slice(0, 7) : undefined} />
      )}
    </section>
  );
}

function weeksOf(view: View, day: Day): Day[][] {
  const first = firstOfWeek(navigator.language);
  if (view === "month") return monthOf(day, first);
  if (view === "week") return [weekOf(day, first)];
  return [Array.from({ length: AGENDA_DAYS }, (_, index) => addDays(day, index))];
}

function moved(view: View, day: Day, by: 1 | -1): Day {
  if (view === "month") return addMonths(day, by);
  return addDays(day, by * (view === "week" ? 7 : AGENDA_DAYS));
}

function Nothing() {
  return (
    <EmptyState icon={CalendarClock} title={texts.empty.title}>
      {texts.empty.text}
    </EmptyState>
  );
}
