import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { Run } from "../../../api/types";
import { JsonView } from "../../../components/JsonView";
import { Moment } from "../../../components/Moment";
import { Section } from "../../../components/Section";
import { StatusBadge } from "../../../components/StatusBadge";
import { run as texts } from "../../../texts/runs";
import { LogView } from "../log/LogView";
import * as queries from "../queries";
import { Artefacts } from "./Artefacts";
import { Facts } from "./Facts";
import { Output } from "./Output";
import { shownFirst } from "./preview";

/** What came out and what went in, with the log and the facts beside it. */
export function Overview({ run, goesOn }: { run: Run; goesOn: boolean }) {
  return (
    <div className="c32-run-columns">
      <Stack className="c32-run-wide">
        {/* What was wanted of a run that left files is in them; what it gave back counts them. */}
        {run.files.length > 0 && (
          <Section title={texts.files}>
            <Artefacts runId={run.id} files={run.files} first={shownFirst(run.files)} />
          </Section>
        )}
        <Output run={run} />
        <Approvals runId={run.id} goesOn={goesOn} />
        <Section title={texts.log} actions={<WholeLog />}>
          <LogView key={run.id} runId={run.id} goesOn={goesOn} failed={run.error !== null} height="24rem" />
        </Section>
      </Stack>
      <Stack>
        <Facts run={run} goesOn={goesOn} />
        <Section title={texts.input}>
          <JsonView value={run.input} label={texts.input} />
          {run.input_files.length > 0 && (
            <>
              <Text size="sm" mt="sm" fw={600}>
                {texts.inputFiles}
              </Text>
              <Artefacts runId={run.id} files={run.input_files} />
            </>
          )}
        </Section>
      </Stack>
    </div>
  );
}

function WholeLog() {
  return (
    <Link className="c32-link" to="." search={(present: object) => ({ ...present, tab: "log" })} resetScroll={false}>
      {texts.wholeLog}
    </Link>
  );
}

function Approvals({ runId, goesOn }: { runId: string; goesOn: boolean }) {
  const { data } = useQuery(queries.approvals(runId, goesOn));
  // The open one is at the head of the page, where it can be answered.
  const answered = data?.items.filter((one) => one.decision) ?? [];
  if (answered.length === 0) return null;
  return (
    <Section title={texts.approvals.title ?? ""}>
      <ul className="c32-files">
        {answered.map((one) => (
          <li key={one.id}>
            <div>
              <b className="c32-break">{one.name}</b>{" "}
              <StatusBadge
                status={one.decision === "reject" ? "refused" : one.decision === "approve" ? "approved" : "expired"}
                label={texts.approvals[one.decision ?? "expired"]}
              />
            </div>
            <Text size="sm" className="c32-break">
              {one.message}
            </Text>
            {one.decided_at && (
              <Text size="sm" className="c32-dim">
                <Moment at={one.decided_at} /> {one.decided_by_name && `${texts.approvals.by ?? ""} ${one.decided_by_name}`} {one.comment && `“${one.comment}”`}
              </Text>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
