import { Text } from "@mantine/core";

import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import type { Schemas } from "../../api/types";
import { proposal as texts, proposals as listTexts } from "../../texts/proposals";
import { Cases } from "../builder/Cases";
import type { Detail } from "./queries";

/** The report of its tests, case by case. */
export function EvidenceSection({ detail }: { detail: Detail }) {
  const report = detail.evidence as Partial<Schemas["ProofReport"]> | null;
  const cases = report?.cases?.map((one) => ({ name: one.name, outcome: one.outcome, message: one.message })) ?? [];
  return (
    <Section title={texts.evidence} actions={<StatusBadge status={detail.proof} label={listTexts.proof[detail.proof]} />}>
      {detail.proof === "pending" && (
        <Text size="sm" role="status">
          {texts.running}
        </Text>
      )}
      {detail.proof === "failed" && !report && <Text size="sm">{texts.noEvidence}</Text>}
      {report && (
        <Text size="sm" mb="sm" className="c32-break">
          {report.reason ? report.reason : texts.passed(report.passed ?? 0, report.tests ?? 0)}
        </Text>
      )}
      {cases.length > 0 && <Cases cases={cases} />}
    </Section>
  );
}
