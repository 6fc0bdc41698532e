import { Alert, NativeSelect, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Answered } from "../../components/Answered";
import { Callout } from "../../components/Callout";
import { Section } from "../../components/Section";
import { useAddress } from "../../components/useAddress";
import { Waiting } from "../../components/Waiting";
import { running as texts } from "../../texts/bots";
import { lackedBy } from "../forms/needs";
import type { PanelProps } from "./BotPage";
import * as queries from "./queries";
import { RunForm } from "./RunForm";

/** The environment that a run without one takes, as the server chooses it. */
function standardOf(environments: PanelProps["bot"]["environments"]): string {
  return environments.prod ? "prod" : "dev";
}

export default function RunPanel({ bot, botRef }: PanelProps) {
  const [address, change] = useAddress();
  const chosen = bot.environments[address.environment ?? ""] ? (address.environment ?? "") : "";
  const pointer = bot.environments[chosen || standardOf(bot.environments)];
  const version = useQuery(queries.version(botRef, pointer?.version_id ?? ""));
  const needed = useQuery(queries.neededFiles(botRef, pointer?.version_id ?? ""));
  if (bot.kind === "service") {
    return (
      <Alert color="blue">
        {texts.service}{" "}
        <Link className="c32-link" to="/services">
          {texts.serviceLink}
        </Link>
      </Alert>
    );
  }
  if (!pointer) return <Alert color="yellow">{texts.noVersion}</Alert>;
  return (
    <Section title={texts.title}>
      <Stack>
        <NativeSelect
          label={texts.environment}
          maw="28rem"
          data={[
            { value: "", label: texts.standard },
            ...Object.entries(bot.environments).map(([name, one]) => ({ value: name, label: texts.at(name, one.number) })),
          ]}
          value={chosen}
          onChange={(event) => change({ environment: event.currentTarget.value })}
        />
        <LastLack botRef={botRef} />
        <Answered query={version} rows={3}>
          {(found) =>
            // What is not known stops nobody.
            needed.isPending ? (
              <Waiting rows={3} />
            ) : (
              <RunForm key={found.id} version={found} needed={needed.data} botRef={botRef} environment={chosen} active={bot.status === "active"} />
            )
          }
        </Answered>
      </Stack>
    </Section>
  );
}

/** Whoever comes back after a run without its file is told so where the file is chosen. */
function LastLack({ botRef }: { botRef: string }) {
  const last = useQuery(queries.lastRun(botRef)).data?.items[0];
  const lacked = lackedBy(last);
  if (!last || lacked === undefined) return null;
  return (
    <Callout tone="warn" title={texts.lacked(lacked)}>
      <Text size="sm">
        <Link className="c32-link c32-underlined" to="/runs/$runId" params={{ runId: last.id }}>
          {texts.lackedRun}
        </Link>
      </Text>
    </Callout>
  );
}
