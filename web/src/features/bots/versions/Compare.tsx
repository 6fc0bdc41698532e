import { Group, NativeSelect, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Version } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { DiffView } from "../../../components/DiffView";
import { Section } from "../../../components/Section";
import { useAddress } from "../../../components/useAddress";
import { code as codeTexts, versions as texts } from "../../../texts/bots";
import * as queries from "../queries";
import { ManifestChanges } from "./ManifestChanges";

/** What differs between any two versions; both are in the address. Without a choice: the newest and the one before it. */
export function Compare({ botRef, known }: { botRef: string; known: readonly Version[] }) {
  const [address, change] = useAddress();
  const to = address.to ?? String(known[0]?.number ?? "");
  const from = address.from ?? String(known[1]?.number ?? "");
  const diff = useQuery(queries.diff(botRef, from, to));
  if (known.length < 2) {
    return (
      <Section title={texts.compareTitle}>
        <Text className="c32-dim">{texts.only}</Text>
      </Section>
    );
  }
  const options = known.map((one) => ({ value: String(one.number), label: codeTexts.versionOf(one.number, one.environments.join(", ")) }));
  return (
    <Section title={texts.compareTitle}>
      <Stack>
        <Group>
          <NativeSelect label={texts.from} data={options} value={from} onChange={(event) => change({ from: event.currentTarget.value })} />
          <NativeSelect label={texts.to} data={options} value={to} onChange={(event) => change({ to: event.currentTarget.value })} />
        </Group>
        {from === to ? (
          <Text className="c32-dim">{texts.same}</Text>
        ) : (
          <Answered query={diff} rows={4}>
            {(found) => (
              <>
                <Title order={3}>{texts.manifest}</Title>
                <ManifestChanges changes={found.manifest} />
                <Title order={3}>{texts.filesTitle}</Title>
                <DiffView files={found.files} />
              </>
            )}
          </Answered>
        )}
      </Stack>
    </Section>
  );
}
