import { Alert, Button, Card, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useState, type SyntheticEvent } from "react";

import type { Schemas } from "../../api/types";
import { Answered } from "../../components/Answered";
import { CopyButton } from "../../components/CopyButton";
import { useAddress } from "../../components/useAddress";
import { knowledge } from "../../texts/knowledge";
import { find } from "./queries";

const texts = knowledge.search;
type Hit = Schemas["codex32_server__features__knowledge__schemas__HitView"];

/** A playground: what bots would find, with the scores that put it in this order and where each piece comes from. */
export function SearchPanel({ baseId }: { baseId: string }) {
  const [address, change] = useAddress();
  const [typed, setTyped] = useState(address.q ?? "");
  const found = useQuery(find(baseId, address.q ?? ""));

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    change({ q: typed.trim() });
  }

  return (
    <Stack>
      <form onSubmit={submit} role="search">
        <Group align="flex-end" gap="xs">
          <TextInput
            flex={1}
            label={texts.label}
            description={texts.hint}
            leftSection={<Search size={16} aria-hidden />}
            data-search-field
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" loading={found.isFetching}>
            {texts.ask}
          </Button>
        </Group>
      </form>
      {address.q && (
        <Answered query={found} rows={3} height={110}>
          {(data) =>
            data.hits.length === 0 ? (
              <Alert role="status">{texts.none}</Alert>
            ) : (
              <ol className="c32-hits" aria-label={address.q}>
                {data.hits.map((hit) => (
                  <HitCard hit={hit} base={data.base} key={hit.chunk_id} />
                ))}
              </ol>
            )
          }
        </Answered>
      )}
    </Stack>
  );
}

function HitCard({ hit, base }: { hit: Hit; base: string }) {
  const place = [hit.document, ...hit.heading].join(" › ");
  return (
    <Card component="li" padding="sm">
      <div className="c32-between">
        <Text size="sm" fw={600} className="c32-break">
          {place}
        </Text>
        <CopyButton size="compact-xs" label={texts.cite} text={`${base}: ${place}, ${hit.position + 1}`} />
      </div>
      <Text size="sm" my={6} className="c32-hit-text">
        {hit.text}
      </Text>
      <Text size="xs" className="c32-dim">
        {texts.score} {hit.score.fused.toFixed(4)} · {texts.byMeaning}: {texts.place(hit.score.vector_rank)}
        {hit.score.similarity !== null && ` (${hit.score.similarity.toFixed(3)})`} · {texts.byWords}: {texts.place(hit.score.text_rank)}
      </Text>
    </Card>
  );
}
