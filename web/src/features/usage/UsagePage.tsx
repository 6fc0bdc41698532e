import { Button, Group, Pill, Select } from "@mantine/core";
import { Download } from "lucide-react";
import { useMemo } from "react";

import { AddressTabs } from "../../components/AddressTabs";
import { PageHead } from "../../components/PageHead";
import { useAddress } from "../../components/useAddress";
import { common } from "../../texts/common";
import { usage as texts } from "../../texts/usage";
import { BudgetsPanel } from "./BudgetsPanel";
import { LedgerPanel } from "./LedgerPanel";
import { OverviewPanel } from "./OverviewPanel";
import { PERIODS, windowOf } from "./periods";
import { exportAddress, type Narrowed } from "./queries";

const DIMENSIONS = Object.keys(texts.dimensions);

export function UsagePage() {
  const [address, change] = useAddress();
  const period = address.period ?? "month";
  // The hour is part of every question: a page that stays open must not ask a new one with every second.
  const hour = new Date().toISOString().slice(0, 13);
  const window = useMemo(() => windowOf(period, new Date(`${hour}:59:59Z`)), [period, hour]);
  const narrowed: Narrowed = Object.fromEntries(DIMENSIONS.flatMap((name) => (address[name] ? [[name, address[name]]] : [])));
  return (
    <>
      <PageHead
        title={texts.title}
        about={texts.about}
        actions={
          <>
            <Select
              aria-label={texts.period}
              size="xs"
              allowDeselect={false}
              data={PERIODS.map((value) => ({ value, label: texts.periods[value] ?? value }))}
              value={period}
              onChange={(value) => change({ period: value === "month" ? "" : (value ?? "") })}
            />
            <Button
              component="a"
              download
              size="xs"
              variant="default"
              leftSection={<Download size={14} aria-hidden />}
              href={exportAddress(window.since, narrowed)}
            >
              {texts.export}
            </Button>
          </>
        }
      />
      {Object.keys(narrowed).length > 0 && (
        <Group gap="xs" mb="sm">
          {Object.entries(narrowed).map(([name, value]) => (
            <Pill
              key={name}
              size="md"
              withRemoveButton
              onRemove={() => change({ [name]: "" })}
              removeButtonProps={{ "aria-label": `${common.remove} ${texts.dimensions[name] ?? name}`, "aria-hidden": false, tabIndex: 0 }}
            >
              {texts.filtered(`${texts.dimensions[name] ?? name}: ${address[`${name}_name`] ?? value ?? ""}`)}
            </Pill>
          ))}
        </Group>
      )}
      <AddressTabs
        label={texts.title}
        tabs={[
          { value: "overview", label: texts.tabs.overview, panel: () => <OverviewPanel window={window} narrowed={narrowed} /> },
          { value: "ledger", label: texts.tabs.ledger, panel: () => <LedgerPanel since={window.since} narrowed={narrowed} /> },
          { value: "budgets", label: texts.tabs.budgets, panel: () => <BudgetsPanel /> },
        ]}
      />
    </>
  );
}
