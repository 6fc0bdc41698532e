import { Button, Tooltip } from "@mantine/core";
import { Plus } from "lucide-react";

import { useMay } from "../../api/rights";
import { AddressTabs, type Tab } from "../../components/AddressTabs";
import { PageHead } from "../../components/PageHead";
import { useAddress } from "../../components/useAddress";
import { triggers as texts } from "../../texts/triggers";
import { CalendarTab } from "./CalendarTab";
import { ScheduleDialog } from "./ScheduleDialog";
import { ScheduleDrawer } from "./ScheduleDrawer";
import { SchedulesTab } from "./SchedulesTab";
import "./triggers.css";
import { WebhookDialog } from "./WebhookDialog";
import { WebhooksTab } from "./WebhooksTab";

const TABS: readonly Tab[] = [
  { value: "calendar", label: texts.tabs.calendar, panel: () => <CalendarTab /> },
  { value: "schedules", label: texts.tabs.schedules, panel: () => <SchedulesTab /> },
  { value: "webhooks", label: texts.tabs.webhooks, panel: () => <WebhooksTab /> },
];

/** `?schedule=ID` shows one schedule beside the page; `?edit=ID` and `?new=schedule` or `?new=webhook` open forms. */
export function TriggersPage() {
  const [address, change] = useAddress();
  const may = useMay();
  const hooks = address.tab === "webhooks";
  const allowed = may(hooks ? "webhooks:write" : "schedules:write");
  const close = () => change({ new: "", edit: "", bot: "" });
  return (
    <>
      <PageHead
        title={texts.title}
        about={texts.about}
        actions={
          <Tooltip label={texts.mayNot} disabled={allowed}>
            <Button
              leftSection={<Plus size={16} aria-hidden />}
              disabled={!allowed}
              onClick={() => change({ new: hooks ? "webhook" : "schedule" })}
            >
              {hooks ? texts.newWebhook : texts.newSchedule}
            </Button>
          </Tooltip>
        }
      />
      <AddressTabs label={texts.title} tabs={TABS} />
      {address.schedule && !address.edit && <ScheduleDrawer id={address.schedule} onClose={() => change({ schedule: "" })} />}
      {(address.new === "schedule" || address.edit) && <ScheduleDialog id={address.edit} bot={address.bot ?? ""} onClose={close} />}
      {address.new === "webhook" && <WebhookDialog bot={address.bot ?? ""} onClose={close} />}
    </>
  );
}
