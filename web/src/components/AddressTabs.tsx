import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";

import { useAddress } from "./useAddress";

export interface Tab {
  value: string;
  label: string;
  panel: () => ReactNode;
}

/** Tabs whose choice is in the address. Only the panel that is looked at is drawn; the first is what no choice means. */
export function AddressTabs({ label, tabs, name = "tab" }: { label: string; tabs: readonly Tab[]; name?: string }) {
  const [address, change] = useAddress();
  const first = tabs[0]?.value ?? "";
  const chosen = tabs.some((tab) => tab.value === address[name]) ? address[name] : first;
  return (
    <Tabs value={chosen} onChange={(value) => change({ [name]: value === first || value === null ? "" : value })} keepMounted={false}>
      <Tabs.List aria-label={label} mb="md" className="c32-tabs">
        {tabs.map((tab) => (
          <Tabs.Tab value={tab.value} key={tab.value}>
            {tab.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel value={tab.value} key={tab.value}>
          {tab.value === chosen && tab.panel()}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
