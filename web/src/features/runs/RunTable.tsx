import { Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Run } from "../../api/types";
import { Moment } from "../../components/Moment";
import { StatusBadge } from "../../components/StatusBadge";
import { runs as runsTexts } from "../../texts/runs";
import { duration } from "../../format/duration";

export function RunTable({ runs, withBot }: { runs: Run[]; withBot: boolean }) {
  if (runs.length === 0) return <Text className="c32-dim">{runsTexts.empty}</Text>;
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Run</Table.Th>
          {withBot && <Table.Th>Bot</Table.Th>}
          <Table.Th>Status</Table.Th>
          <Table.Th className="c32-wide">Started by</Table.Th>
          <Table.Th className="c32-wide">Created</Table.Th>
          <Table.Th>Took</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map((run) => (
          <Table.Tr key={run.id}>
            <Table.Td>
              <Link className="c32-link" to="/runs/$runId" params={{ runId: run.id }}>
                {run.id.slice(-8)}
              </Link>
            </Table.Td>
            {withBot && <Table.Td>{run.bot_name}</Table.Td>}
            <Table.Td>
              <StatusBadge status={run.status} />
            </Table.Td>
            <Table.Td className="c32-wide">{run.trigger.kind}</Table.Td>
            <Table.Td className="c32-wide">
              <Moment at={run.created_at} />
            </Table.Td>
            <Table.Td>{duration(run.duration_ms)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
