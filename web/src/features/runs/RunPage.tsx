import "./runs.css";

import { Alert, Button, Card, Group, Text } from "@mantine/core";
import { useDocumentVisibility } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { fileOf } from "../../api/files";
import { useLive } from "../../api/live";
import { hasEnded, type Run } from "../../api/types";
import { AddressTabs, type Tab } from "../../components/AddressTabs";
import { Answered } from "../../components/Answered";
import { Moment } from "../../components/Moment";
import { PageHead } from "../../components/PageHead";
import { StatusBadge } from "../../components/StatusBadge";
import { useAddress } from "../../components/useAddress";
import { useLookedAt } from "../../components/useLookedAt";
import { Waiting } from "../../components/Waiting";
import { Words } from "../../components/Words";
import { run as texts, runs as runsTexts, triggers } from "../../texts/runs";
import { duration } from "../../format/duration";
import { lackedBy } from "../forms/needs";
import { LogView } from "./log/LogView";
import { CostPanel } from "./panels/CostPanel";
import { NetworkPanel } from "./panels/NetworkPanel";
import { Overview } from "./panels/Overview";
import { ResourcesPanel } from "./panels/ResourcesPanel";
import { TracePanel } from "./panels/TracePanel";
import * as queries from "./queries";
import { RunActions } from "./RunActions";
import { useAhead } from "./useAhead";
import { WaitNote } from "./WaitNote";

const Explanation = lazy(fileOf(() => import("../builder/panels/FailureExplanation").then((found) => ({ default: found.FailureExplanation }))));
const ASK_MS = 5000;

export function RunPage() {
  const { runId } = useParams({ from: "/shell/runs/$runId" });
  const [{ tab }] = useAddress();
  const run = useFollowed(runId);
  useLookedAt(run.data && { path: `/runs/${runId}`, kind: "run", name: run.data.bot_name, at: run.data.created_at });
  useAhead(runId, tab ?? "overview");
  return (
    <Answered query={run} rows={3} height={120}>
      {(found) => <Whole run={found} key={runId} />}
    </Answered>
  );
}

/** The run, over its stream while it goes on and somebody looks; where there is no stream it is asked for again. */
function useFollowed(runId: string) {
  const client = useQueryClient();
  const seen = useDocumentVisibility() === "visible";
  const key = queries.run(runId).queryKey;
  const goesOn = (data: Run | undefined) => data !== undefined && !hasEnded(data.status);
  const run = useQuery({ ...queries.run(runId), refetchInterval: (query) => (goesOn(query.state.data) ? ASK_MS : false) });
  useLive(seen && goesOn(run.data) ? `/runs/${runId}/stream` : null, {
    run: (data) => {
      client.setQueryData(key, data as Run);
      if (hasEnded((data as Run).status)) void client.invalidateQueries({ queryKey: [...key], predicate: (query) => !query.queryKey.includes("extent") });
    },
  }, () => void client.invalidateQueries({ queryKey: [...key], exact: true }));
  return run;
}

function Whole({ run }: { run: Run }) {
  const goesOn = !hasEnded(run.status);
  const tabs: Tab[] = [
    { value: "overview", label: texts.tabs.overview, panel: () => <Overview run={run} goesOn={goesOn} /> },
    { value: "log", label: texts.tabs.log, panel: () => <LogView key={run.id} runId={run.id} goesOn={goesOn} failed={run.error !== null} /> },
    { value: "trace", label: texts.tabs.trace, panel: () => <TracePanel runId={run.id} goesOn={goesOn} /> },
    { value: "network", label: texts.tabs.network, panel: () => <NetworkPanel runId={run.id} goesOn={goesOn} /> },
    { value: "cost", label: texts.tabs.cost, panel: () => <CostPanel run={run} goesOn={goesOn} /> },
    { value: "resources", label: texts.tabs.resources, panel: () => <ResourcesPanel runId={run.id} goesOn={goesOn} /> },
  ];
  return (
    <>
      <PageHead
        title={texts.numbered(run.bot_name, run.id)}
        above={
          <>
            <Link className="c32-link" to="/runs">
              {runsTexts.title}
            </Link>
            {" / "}
            <Link className="c32-link" to="/bots/$botId" params={{ botId: run.bot_id }}>
              {run.bot_name}
            </Link>
          </>
        }
        badge={<StatusBadge status={run.status} />}
        about={
          <>
            {triggers[run.trigger.kind] ?? run.trigger.kind} · {run.environment} · <Moment at={run.created_at} style="relative" /> ·{" "}
            {duration(run.duration_ms)}
            {run.attempts > 1 && ` · ${texts.attempts}: ${run.attempts}`}
          </>
        }
        actions={<RunActions run={run} />}
      />
      {goesOn && run.cancel_requested_at && (
        <Text role="status" size="sm" mb="sm">
          {texts.cancelling}
        </Text>
      )}
      <WaitNote run={run} />
      {run.error && <Failure run={run} />}
      <AddressTabs label={texts.tabs.label} tabs={tabs} />
    </>
  );
}

/** The server says the command that shows the log; here it is a press away. */
function InLog({ step }: { step: string }) {
  const [before = "", , after = ""] = step.split("`");
  return (
    <>
      {before.replace(/ with $/, " in ")}
      <Link className="c32-link c32-underlined" to="." search={(present: object) => ({ ...present, tab: "log" })} resetScroll={false}>
        {texts.inLog}
      </Link>
      {after}
    </>
  );
}

function Failure({ run }: { run: Run }) {
  const [explained, setExplained] = useState(false);
  return (
    <Alert color="red" title={texts.error} mb="sm">
      <Text size="sm" className="c32-break">
        <code>{run.error?.code}</code> {run.error?.detail}
      </Text>
      {run.next_steps.map((step) => (
        <Text size="sm" key={step}>
          {step.includes("`codex32 logs") ? <InLog step={step} /> : <Words text={step} />}
        </Text>
      ))}
      {run.error?.code.startsWith("secret_") && (
        <Text size="sm">
          <Link className="c32-link c32-underlined" to="/settings/$section" params={{ section: "secrets" }}>
            {texts.setSecret}
          </Link>
        </Text>
      )}
      {lackedBy(run) !== undefined && (
        <Text size="sm">
          <Link className="c32-link c32-underlined" to="/bots/$botId" params={{ botId: run.bot_id }} search={{ tab: "run" }}>
            {texts.giveFile}
          </Link>
        </Text>
      )}
      <Group gap="md" mt="xs">
        <Button size="compact-sm" variant="default" aria-expanded={explained} onClick={() => setExplained(!explained)}>
          {texts.explain}
        </Button>
        <Link className="c32-link" to="." search={(present: object) => ({ ...present, tab: "trace" })} resetScroll={false}>
          {texts.traceback}
        </Link>
      </Group>
      {explained && (
        <Card mt="xs" padding="sm">
          <Suspense fallback={<Waiting rows={2} />}>
            <Explanation botId={run.bot_id} runId={run.id} />
          </Suspense>
        </Card>
      )}
    </Alert>
  );
}
