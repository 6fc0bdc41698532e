import { Stat } from "../../components/Stat";
import { percent, whole } from "../../format/size";
import { home } from "../../texts/home";
import type { Overview } from "./queries";

const { counts: texts } = home;

/** Numbers that lead to what they count. What may not be read is left out. */
export function Counts({ counts, workers }: { counts: Overview["counts"]; workers: Overview["workers"] }) {
  const { bots, running, queued, waiting, runs_today: today, services } = counts;
  const failed = today ? today.failed + today.timed_out : 0;
  const ended = today ? failed + today.succeeded + today.cancelled : 0;
  return (
    <section aria-label={texts.label} className="c32-tiles c32-counts">
      {bots !== null && bots !== undefined && <Stat label={texts.bots} value={whole(bots)} to="/bots" />}
      {running !== null && running !== undefined && (
        <Stat
          label={texts.running}
          value={whole(running)}
          hint={texts.runningHint(queued ?? 0, waiting ?? 0)}
          to="/runs"
          search={{ status: "running" }}
        />
      )}
      {today && <Stat label={texts.today} value={whole(today.total)} hint={texts.todayHint} to="/runs" />}
      {today && (
        <Stat
          label={texts.failed}
          value={whole(failed)}
          hint={ended > 0 ? texts.failedHint(percent(failed / ended)) : undefined}
          to="/runs"
          search={{ status: "failed" }}
        />
      )}
      {services && services.total > 0 && <Stat label={texts.services} value={texts.servicesOf(services.up, services.total)} to="/services" />}
      {workers && (
        <Stat label={texts.workers} value={texts.servicesOf(workers.ready, workers.total)} hint={texts.workersHint(workers.slots)} to="/settings/system" />
      )}
    </section>
  );
}
