import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { LockKeyhole } from "lucide-react";

import { call } from "../../api/client";
import { asked, me } from "../../api/queries";
import { useMay } from "../../api/rights";
import { Answered } from "../../components/Answered";
import { ConfirmButton } from "../../components/ConfirmButton";
import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { OpenForm } from "../../components/OpenForm";
import { Section } from "../../components/Section";
import { useChange } from "../../components/useChange";
import { common } from "../../texts/common";
import { settings } from "../../texts/settings";
import { SecretForm } from "./SecretForm";
import { secrets, type Secret } from "./queries";

const texts = settings.secrets;

export function SecretsSection() {
  const rights = useMay();
  const may = rights("secrets:write");
  const list = useQuery({ ...secrets(), enabled: rights("secrets:read") });
  const known = useQuery(me()).data !== undefined;
  const add = may && <OpenForm label={texts.add}>{(close) => <SecretForm onDone={close} />}</OpenForm>;
  const columns: Column<Secret>[] = [
    { key: "name", head: texts.name, cell: (one) => <code className="c32-break">{one.name}</code> },
    { key: "environment", head: texts.environment, cell: (one) => one.environment ?? <span className="c32-dim">{texts.everywhere}</span> },
    { key: "version", head: texts.version, align: "right", wide: true, cell: (one) => one.version },
    { key: "changed", head: texts.changed, cell: (one) => <Moment at={one.updated_at} style="relative" /> },
    { key: "used", head: texts.used, cell: (one) => (one.last_used_at ? <Moment at={one.last_used_at} style="relative" /> : common.never) },
    { key: "actions", head: "", align: "right", cell: (one) => may && <Actions secret={one} /> },
  ];
  if (known && !rights("secrets:read")) {
    return (
      <Section title={settings.sections.secrets}>
        <Text className="c32-dim">{texts.mayNot}</Text>
      </Section>
    );
  }
  return (
    <Section title={settings.sections.secrets} actions={list.data && list.data.items.length > 0 && add}>
      <Text size="sm" className="c32-dim" mb="sm">
        {texts.about}
      </Text>
      <Answered query={list} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={LockKeyhole} title={texts.empty} action={add}>
              {texts.emptyText}
            </EmptyState>
          ) : (
            <DataTable label={settings.sections.secrets} columns={columns} rows={items} rowKey={(one) => `${one.name} ${one.environment ?? ""}`} />
          )
        }
      </Answered>
    </Section>
  );
}

function Actions({ secret }: { secret: Secret }) {
  const remove = useChange(
    () => call(`/secrets/${secret.name}${asked({ environment: secret.environment ?? undefined })}`, { method: "DELETE" }),
    [["secrets"]],
  );
  return (
    <div className="c32-buttons">
      <OpenForm label={texts.replace} title={`${texts.replace}: ${secret.name}`} size="compact-xs" variant="default">
        {(close) => <SecretForm present={secret} onDone={close} />}
      </OpenForm>
      <ConfirmButton size="compact-xs" label={texts.remove} action={texts.remove} title={texts.removeTitle} onConfirm={() => remove.mutateAsync(undefined)}>
        <code>{secret.name}</code>. {texts.removeText}
      </ConfirmButton>
    </div>
  );
}
