import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Schemas } from "../../../api/types";
import { useAddress } from "../../../components/useAddress";
import { StatusBadge } from "../../../components/StatusBadge";
import { code as texts } from "../../../texts/bots";
import * as queries from "../queries";

const COLOURS = { pending: "blue", proven: "green", unproven: "yellow", failed: "red" } as const;

/** How the proof of a version that was just saved goes, live, with each test that did not pass. */
export function ProofNote({ botRef, deployed }: { botRef: string; deployed: Schemas["DeployedView"] }) {
  const [, change] = useAddress();
  const version = useQuery({ ...queries.version(botRef, deployed.version.id), initialData: deployed.version }).data;
  const report = version.proof_report;
  const said = version.proof === "proven" ? texts.proof.proven(report?.passed ?? 0) : texts.proof[version.proof];
  const broken = report?.cases?.filter((one) => one.outcome !== "passed") ?? [];
  return (
    <Alert color={COLOURS[version.proof]} title={texts.proof.title(version.number)} role="status">
      <Text size="sm">
        {deployed.unchanged ? texts.proof.unchanged : said} {version.proof === "pending" && version.proof_stage}
      </Text>
      {version.proof !== "pending" && report?.reason && <Text size="sm">{report.reason}</Text>}
      {broken.map((one) => (
        <div key={one.name}>
          <StatusBadge status={one.outcome} /> <code>{one.name}</code>
          {one.message && <pre className="c32-code c32-case">{one.message}</pre>}
        </div>
      ))}
      {deployed.missing_secrets && deployed.missing_secrets.length > 0 && <Text size="sm">{texts.proof.secrets(deployed.missing_secrets.join(", "))}</Text>}
      {version.proof === "proven" && (
        <button type="button" className="c32-textbutton" onClick={() => change({ tab: "versions" })}>
          {texts.proof.promote}
        </button>
      )}
    </Alert>
  );
}
