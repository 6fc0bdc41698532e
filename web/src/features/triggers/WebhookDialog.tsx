import { Button, Modal, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { common } from "../../texts/common";
import { webhookForm as texts } from "../../texts/webhooks";
import type { Secret } from "./queries";
import { ShownSecret } from "./ShownSecret";
import { WebhookForm } from "./WebhookForm";

/** Makes a webhook, of `bot` and no other if that is `fixed`, and shows its secret, which comes with the answer and never again. */
export function WebhookDialog({ bot, fixed, onClose }: { bot: string; fixed?: boolean; onClose: () => void }) {
  const [made, setMade] = useState<Secret>();
  const navigate = useNavigate();
  const leave = () => {
    if (made) void navigate({ to: "/triggers/webhooks/$webhookId", params: { webhookId: made.webhook.id } });
    else onClose();
  };
  return (
    <Modal
      opened
      onClose={leave}
      // A click beside it would lose the secret.
      closeOnClickOutside={!made}
      size="lg"
      title={made ? texts.created : texts.title}
      closeButtonProps={{ "aria-label": common.close }}
    >
      {made ? (
        <Stack>
          <Text size="sm" className="c32-break">
            {made.webhook.url}
          </Text>
          <ShownSecret secret={made.secret} />
          <Button onClick={leave} w="fit-content">
            {texts.open}
          </Button>
        </Stack>
      ) : (
        <WebhookForm bot={bot} fixed={fixed} onMade={setMade} />
      )}
    </Modal>
  );
}
