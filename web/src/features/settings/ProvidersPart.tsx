import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Plug } from "lucide-react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import type { Schemas } from "../../api/types";
import { Answered } from "../../components/Answered";
import { ConfirmButton } from "../../components/ConfirmButton";
import { EmptyState } from "../../components/EmptyState";
import { OpenForm } from "../../components/OpenForm";
import { ProblemNote } from "../../components/ProblemNote";
import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import { useChange } from "../../components/useChange";
import { duration } from "../../format/duration";
import { settings } from "../../texts/settings";
import { ProviderForm } from "./ProviderForm";
import { providers, type Provider } from "./queries";

const texts = settings.models;

export function ProvidersPart() {
  const list = useQuery(providers());
  const may = useMay()("models:write");
  const add = may && <OpenForm label={texts.add}>{(close) => <ProviderForm onDone={close} />}</OpenForm>;
  return (
    <Section title={texts.providers} actions={list.data && list.data.items.length > 0 && add}>
      <Text size="sm" className="c32-dim" mb="sm">
        {texts.providersAbout}
      </Text>
      <Answered query={list} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={Plug} title={texts.noProviders} action={add}>
              {texts.noProvidersText}
            </EmptyState>
          ) : (
            <ul className="c32-rows">
              {items.map((provider) => (
                <ProviderRow provider={provider} mayChange={may} key={provider.name} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  );
}

function ProviderRow({ provider, mayChange }: { provider: Provider; mayChange: boolean }) {
  const path = `/models/providers/${encodeURIComponent(provider.name)}`;
  const test = useMutation({ mutationFn: () => call<Schemas["ProviderReport"]>(`${path}/test`, { method: "POST", body: {} }) });
  const remove = useChange(() => call(path, { method: "DELETE" }), [["models"]]);
  return (
    <li>
      <div className="c32-between">
        <div>
          <Text fw={600} className="c32-break" component="div">
            {provider.name} {provider.installation && <StatusBadge status="shared" label={texts.installation} />}{" "}
            {!provider.enabled && <StatusBadge status="paused" label={texts.disabled} />}
          </Text>
          <Text size="sm" className="c32-dim c32-break">
            {provider.kind} · {provider.base_url}
          </Text>
        </div>
        {mayChange && (
          <div className="c32-buttons">
            <Button size="compact-xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
              {texts.test}
            </Button>
            {!provider.installation && (
              <ConfirmButton size="compact-xs" label={texts.remove} action={texts.remove} title={texts.removeTitle} onConfirm={() => remove.mutateAsync(undefined)}>
                <b>{provider.name}</b>. {texts.removeText}
              </ConfirmButton>
            )}
          </div>
        )}
      </div>
      <div role="status">
        {test.data && <TestResult report={test.data} />}
        {test.error && <ProblemNote error={test.error} />}
      </div>
    </li>
  );
}

/** What a test of a connection found, and what to do if it failed. */
export function TestResult({ report }: { report: Schemas["ProviderReport"] }) {
  if (report.ok) return <StatusBadge status="ok" label={texts.tested(report.models, duration(report.latency_ms))} />;
  return (
    <Stack gap={2} mt={4}>
      <Text size="sm" c="var(--mantine-color-error)">
        {report.detail}
      </Text>
      {report.next_step && <Text size="sm">{report.next_step}</Text>}
    </Stack>
  );
}
