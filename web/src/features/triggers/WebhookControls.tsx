import { Button, Group, Tooltip } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import { useMay } from "../../api/rights";
import { ConfirmButton } from "../../components/ConfirmButton";
import { ProblemNote } from "../../components/ProblemNote";
import { useChange } from "../../components/useChange";
import { triggers } from "../../texts/triggers";
import { webhook as texts } from "../../texts/webhooks";
import { removeWebhook, setWebhookPaused, STALE_WEBHOOKS } from "./changes";
import type { Webhook } from "./queries";

export function WebhookControls({ one }: { one: Webhook }) {
  const may = useMay()("webhooks:write");
  const navigate = useNavigate();
  const pause = useChange((paused: boolean) => setWebhookPaused(one.id, paused), STALE_WEBHOOKS);
  const remove = async () => {
    await removeWebhook(one.id);
    await navigate({ to: "/triggers", search: { tab: "webhooks" } });
  };
  const declared = one.origin === "manifest";
  return (
    <Group gap="xs">
      <Tooltip label={triggers.mayNot} disabled={may}>
        <Button variant="default" disabled={!may} loading={pause.isPending} onClick={() => pause.mutate(!one.paused)}>
          {one.paused ? texts.resume : texts.pause}
        </Button>
      </Tooltip>
      {!declared && (
        <ConfirmButton
          label={texts.remove}
          action={texts.remove}
          title={texts.removeTitle(one.name)}
          color="red"
          variant="outline"
          disabled={!may}
          onConfirm={remove}
        >
          {texts.removeText}
        </ConfirmButton>
      )}
      {pause.error && <ProblemNote error={pause.error} />}
    </Group>
  );
}
