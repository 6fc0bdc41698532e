import { Button, Group, Modal, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";

import { common } from "../../../texts/common";
import { code as texts } from "../../../texts/bots";

/** Asks before unsaved changes are left: inside of the app in a dialog, else by the browser. */
export function LeaveGuard({ when }: { when: boolean }) {
  const blocker = useBlocker({
    // Other files of the same version are on this page.
    shouldBlockFn: ({ current, next }) => {
      const [here, there] = [current.search as Record<string, string>, next.search as Record<string, string>];
      return when && !(current.pathname === next.pathname && here.tab === there.tab && here.version === there.version);
    },
    enableBeforeUnload: () => when,
    withResolver: true,
  });
  const blocked = blocker.status === "blocked";
  return (
    <Modal opened={blocked} onClose={() => blocker.reset?.()} title={texts.leaveTitle} closeButtonProps={{ "aria-label": common.close }}>
      <Text size="sm">{texts.leave}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => blocker.reset?.()}>
          {texts.stay}
        </Button>
        <Button color="red" onClick={() => blocker.proceed?.()}>
          {texts.leaveAnyway}
        </Button>
      </Group>
    </Modal>
  );
}
