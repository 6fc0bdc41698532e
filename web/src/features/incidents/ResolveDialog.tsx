import { Modal } from "@mantine/core";

import { common } from "../../texts/common";
import { incident as texts } from "../../texts/incidents";
import { ResolveForm } from "./ResolveForm";

/** The same note for several incidents at once. */
export function ResolveDialog({ ids, onClose }: { ids: string[]; onClose: (done: boolean) => void }) {
  return (
    <Modal opened onClose={() => onClose(false)} title={texts.resolveTitle} closeButtonProps={{ "aria-label": common.close }}>
      <ResolveForm ids={ids} onDone={() => onClose(true)} />
    </Modal>
  );
}
