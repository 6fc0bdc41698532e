import { Button, Stack } from "@mantine/core";
import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Sparkles } from "lucide-react";

import { Answered } from "../../components/Answered";
import { PageHead } from "../../components/PageHead";
import { Waiting } from "../../components/Waiting";
import { home as texts } from "../../texts/home";
import { Activity } from "./Activity";
import { AttentionList } from "./AttentionList";
import { Counts } from "./Counts";
import { Failures } from "./Failures";
import { FirstBot } from "./FirstBot";
import { FirstSteps, useStepsKnown } from "./FirstSteps";
import "./home.css";
import { NextRuns } from "./NextRuns";
import { failures, overview, type Overview } from "./queries";
import { RunsOverTime, useSeries } from "./RunsOverTime";
import { ServicesGlance } from "./ServicesGlance";
import { Spending } from "./Spending";

/** What needs a person first; then numbers, what happens, and what comes. Without a bot: how the first one comes. */
export function HomePage() {
  const found = useQuery(overview());
  const known = useStepsKnown();
  usePrefetchQuery(failures());
  usePrefetchQuery(useSeries());
  const empty = found.data?.counts.bots === 0;
  return (
    <>
      <PageHead
        title={texts.title}
        about={texts.about}
        actions={
          !empty && (
            <Button component={Link} to="/build" leftSection={<Sparkles size={16} aria-hidden />}>
              {texts.build}
            </Button>
          )
        }
      />
      <Answered query={found} rows={4} height={120}>
        {(data) => (!known ? <Waiting rows={4} height={120} /> : data.counts.bots === 0 ? <Newcomer /> : <Glance data={data} />)}
      </Answered>
    </>
  );
}

function Newcomer() {
  return (
    <Stack>
      <FirstBot />
      <FirstSteps />
    </Stack>
  );
}

function Glance({ data }: { data: Overview }) {
  return (
    <Stack>
      <AttentionList items={data.attention} more={data.more} />
      <FirstSteps />
      <Counts counts={data.counts} workers={data.workers} />
      <RunsOverTime />
      <div className="c32-columns">
        <Activity />
        <Stack>
          <NextRuns items={data.next_runs} />
          {data.spending && <Spending spending={data.spending} />}
        </Stack>
        <Failures />
        <ServicesGlance items={data.services} />
      </div>
    </Stack>
  );
}
