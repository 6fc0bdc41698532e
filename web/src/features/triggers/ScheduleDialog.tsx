import { Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";

import { usePreferences } from "../../api/preferences";
import { Answered } from "../../components/Answered";
import { common } from "../../texts/common";
import { scheduleForm as texts } from "../../texts/triggers";
import { draftOf, newDraft } from "./draft";
import { schedule } from "./queries";
import { ScheduleForm } from "./ScheduleForm";

/** A new schedule, of `bot` if it is named, and of no other if that is `fixed`; or with `id` one that is there. */
export function ScheduleDialog({ id, bot, fixed, onClose }: { id?: string | undefined; bot: string; fixed?: boolean; onClose: () => void }) {
  const { zone } = usePreferences();
  const here = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const done = () => {
    notifications.show({ message: texts.saved });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={id ? texts.editTitle : texts.newTitle} closeButtonProps={{ "aria-label": common.close }}>
      {id ? <Edited id={id} onDone={done} /> : <ScheduleForm first={newDraft(bot, here)} fixed={fixed} onDone={done} />}
    </Modal>
  );
}

function Edited({ id, onDone }: { id: string; onDone: () => void }) {
  const found = useQuery(schedule(id));
  return <Answered query={found}>{(one) => <ScheduleForm first={draftOf(one)} before={one} onDone={onDone} />}</Answered>;
}
