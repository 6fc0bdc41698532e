import { Button, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../../../api/client";
import { useMay } from "../../../api/rights";
import type { Schemas, Version } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { DataTable, type Column } from "../../../components/DataTable";
import { Moment } from "../../../components/Moment";
import { Section } from "../../../components/Section";
import { StatusBadge } from "../../../components/StatusBadge";
import { versions as texts } from "../../../texts/bots";
import * as queries from "../queries";
import { MoveDialog } from "./MoveDialog";
import { backOf } from "./moves";

type Environment = Schemas["EnvironmentView"];

const SHOWN_MOVES = 10;

/** Where the bot runs which version, how that came to be, and the way back. */
export function Environments({ botRef, known, onMoved }: { botRef: string; known: readonly Version[]; onMoved: (told: string) => void }) {
  const found = useQuery(queries.environments(botRef));
  const numbers = new Map(known.map((version) => [version.id, version.number]));
  const name = (id: string | null) => (id === null ? "–" : numbers.has(id) ? String(numbers.get(id)) : id.slice(-8));
  return (
    <Section title={texts.environments}>
      <Answered query={found} rows={2}>
        {({ items, moves }) =>
          items.length === 0 ? (
            <Text className="c32-dim">{texts.environmentsNone}</Text>
          ) : (
            <Stack gap="xs">
              <Pointers botRef={botRef} items={items} back={(environment) => backOf(moves, environment)} name={name} onMoved={onMoved} />
              <details>
                <summary>{texts.history}</summary>
                <ul className="c32-bot-lines">
                  {moves.slice(0, SHOWN_MOVES).map((move) => (
                    <li key={`${move.environment} ${move.moved_at}`}>
                      <Moment at={move.moved_at} style="short" /> · {move.environment} {texts.moves[move.kind]}: {name(move.from_version_id)} → {name(move.to_version_id)}
                    </li>
                  ))}
                </ul>
              </details>
            </Stack>
          )
        }
      </Answered>
    </Section>
  );
}

interface PointersProps {
  botRef: string;
  items: readonly Environment[];
  back: (environment: string) => string | undefined;
  name: (id: string) => string;
  onMoved: (told: string) => void;
}

function Pointers({ botRef, items, back, name, onMoved }: PointersProps) {
  const client = useQueryClient();
  const may = useMay()("bots:write");
  const [going, setGoing] = useState<Environment>();
  const target = going && back(going.name);

  async function rollback(environment: string) {
    await call(`/bots/${botRef}/rollback`, { method: "POST", body: { environment } });
    await Promise.all([client.invalidateQueries({ queryKey: ["bot", botRef] }), client.invalidateQueries({ queryKey: ["bots"] })]);
    return texts.rollback.done(environment);
  }

  const columns: Column<Environment>[] = [
    { key: "name", head: texts.environment, cell: (one) => <b>{one.name}</b> },
    { key: "number", head: texts.number, cell: (one) => one.number },
    { key: "proof", head: texts.proof, cell: (one) => <StatusBadge status={one.proof} /> },
    { key: "since", head: texts.made, cell: (one) => <Moment at={one.updated_at} style="relative" />, wide: true },
    {
      key: "actions",
      head: texts.actions,
      align: "right",
      cell: (one) =>
        may && back(one.name) !== undefined ? (
          <Button size="xs" variant="default" onClick={() => setGoing(one)}>
            {texts.rollback.label}
          </Button>
        ) : (
          "–"
        ),
    },
  ];
  return (
    <>
      <DataTable label={texts.environments} columns={columns} rows={items} rowKey={(one) => one.name} />
      {going && target !== undefined && (
        <MoveDialog
          botRef={botRef}
          title={texts.rollback.title(going.name)}
          action={texts.rollback.action}
          before={going.version_id}
          after={target}
          onMove={() => rollback(going.name)}
          onClose={() => setGoing(undefined)}
          onMoved={(told) => {
            setGoing(undefined);
            onMoved(told);
          }}
        >
          {texts.rollback.text(going.name, going.number, name(target))}
        </MoveDialog>
      )}
    </>
  );
}
