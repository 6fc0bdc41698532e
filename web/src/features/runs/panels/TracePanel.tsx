import "./trace.css";

import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Answered } from "../../../components/Answered";
import { Section } from "../../../components/Section";
import { common } from "../../../texts/common";
import { run as texts } from "../../../texts/runs";
import { duration } from "../../../format/duration";
import * as queries from "../queries";
import { Attempts } from "./Attempts";
import { SpanRow } from "./SpanRow";
import { bars, ticks, whole } from "./waterfall";

const SHOWN = 200;

/** What happened when: a waterfall of everything that is known of a run, and how each attempt ended. */
export function TracePanel({ runId, goesOn }: { runId: string; goesOn: boolean }) {
  const trace = useQuery(queries.trace(runId, goesOn));
  const attempts = useQuery(queries.attempts(runId, goesOn));
  return (
    <Stack>
      <Section title={texts.trace.timeline}>
        <Answered query={trace} height={32}>
          {(found) => <Waterfall trace={found} />}
        </Answered>
      </Section>
      <Section title={texts.trace.attempts}>
        <Answered query={attempts}>{(found) => <Attempts attempts={found.items} />}</Answered>
      </Section>
    </Stack>
  );
}

function Waterfall({ trace }: { trace: queries.Trace }) {
  const [shown, setShown] = useState(SHOWN);
  const all = whole(trace.spans, trace.duration_ms);
  const rows = bars(trace.spans, trace.duration_ms);
  return (
    <>
      <div className="c32-table" tabIndex={0} role="group" aria-label={texts.trace.caption}>
        <table className="c32-trace">
          <caption className="c32-trace-caption">{texts.trace.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{texts.trace.name}</th>
              <th scope="col" className="c32-trace-took">
                {texts.trace.took}
              </th>
              <th scope="col" className="c32-trace-axis" aria-label={texts.trace.timeline}>
                {ticks(all).map((at) => (
                  <span key={at} style={{ left: `${(at / all) * 100}%` }}>
                    {duration(at)}
                  </span>
                ))}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((bar) => (
              <SpanRow bar={bar} key={bar.span.id} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown && (
        <Button variant="default" mt="sm" onClick={() => setShown(shown + SHOWN)}>
          {common.more}
        </Button>
      )}
      {trace.truncated && (
        <Text size="sm" className="c32-dim" mt="xs">
          {texts.trace.truncated}
        </Text>
      )}
      {trace.left_out.length > 0 && (
        <Text size="sm" className="c32-dim" mt="xs">
          {texts.trace.leftOut(trace.left_out.map((kind) => texts.trace.kinds[kind] ?? kind).join(", "))}
        </Text>
      )}
    </>
  );
}
