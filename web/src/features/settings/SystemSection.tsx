import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import * as api from "../../api/queries";
import type { Schemas } from "../../api/types";
import { Answered } from "../../components/Answered";
import { DataTable, type Column } from "../../components/DataTable";
import { Moment } from "../../components/Moment";
import { Section } from "../../components/Section";
import { Stat } from "../../components/Stat";
import { StatusBadge } from "../../components/StatusBadge";
import { duration } from "../../format/duration";
import { whole } from "../../format/size";
import { settings } from "../../texts/settings";
import { doctor, system } from "./queries";

const texts = settings.system;
type Worker = Schemas["WorkerView"];
type Check = Schemas["DoctorCheck"];

const WORKERS: Column<Worker>[] = [
  { key: "name", head: texts.worker, cell: (worker) => <span className="c32-break">{worker.name}</span> },
  { key: "state", head: texts.state, cell: (worker) => <StatusBadge status={worker.state} /> },
  { key: "slots", head: texts.slots, align: "right", cell: (worker) => worker.slots },
  { key: "seen", head: texts.seen, cell: (worker) => <Moment at={worker.heartbeat_at} style="relative" /> },
];
const TONES = { ok: "good", limited: "warn", missing: "bad" } as const;
const CHECKS: Column<Check>[] = [
  { key: "name", head: texts.check, cell: (check) => check.name },
  { key: "state", head: texts.state, cell: (check) => <StatusBadge status={check.state} tone={TONES[check.state]} /> },
  { key: "detail", head: texts.detail, cell: (check) => <CheckDetail check={check} /> },
];

/** Whether the installation is well; for its administrators also what each machine can isolate. */
export function SystemSection() {
  const found = useQuery(system());
  const me = useQuery(api.me());
  return (
    <>
      <Section title={settings.sections.system}>
        <Answered query={found} rows={2} height={90}>
          {(data) => (
            <>
              <div className="c32-tiles">
                <Stat label={texts.version} value={data.version} />
                <Stat label={texts.database} value={<StatusBadge status={data.database} />} />
                <Stat
                  label={texts.queued}
                  value={whole(data.queue.queued)}
                  hint={data.queue.queued > 0 && texts.oldest(duration(data.queue.oldest_seconds * 1000))}
                />
                <Stat label={texts.running} value={whole(data.queue.running)} />
              </div>
              <Text fw={600} mt="md" mb="xs">
                {texts.workers}
              </Text>
              {data.workers.length === 0 ? (
                <Text size="sm" c="var(--mantine-color-error)">
                  {texts.noWorkers}
                </Text>
              ) : (
                <DataTable label={texts.workers} columns={WORKERS} rows={data.workers} rowKey={(worker) => worker.name} />
              )}
            </>
          )}
        </Answered>
      </Section>
      {me.data?.principal.administrator && <DoctorPart />}
    </>
  );
}

function DoctorPart() {
  const found = useQuery(doctor());
  return (
    <Section title={texts.doctor}>
      <Text size="sm" className="c32-dim" mb="sm">
        {texts.doctorAbout}
      </Text>
      <Answered query={found} rows={6}>
        {(data) => (
          <>
            <DataTable label={texts.doctor} columns={CHECKS} rows={data.platform} rowKey={(check) => check.name} />
            {data.machines.map((machine) => (
              <section key={machine.worker} aria-label={machine.worker}>
                <Text fw={600} mt="md" mb="xs" className="c32-break">
                  {machine.worker} <StatusBadge status={machine.state} />
                </Text>
                <DataTable label={machine.worker} columns={CHECKS} rows={machine.checks} rowKey={(check) => check.name} />
              </section>
            ))}
          </>
        )}
      </Answered>
    </Section>
  );
}

function CheckDetail({ check }: { check: Check }) {
  return (
    <>
      {check.detail}
      {check.next_step && (
        <Text size="sm" fw={600}>
          {check.next_step}
        </Text>
      )}
    </>
  );
}
