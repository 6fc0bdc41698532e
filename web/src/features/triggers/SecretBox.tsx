import { Button, Group, Select, Stack, Text, Checkbox } from "@mantine/core";
import { useState } from "react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import { OpenForm } from "../../components/OpenForm";
import { ProblemNote } from "../../components/ProblemNote";
import { useChange } from "../../components/useChange";
import { webhook as texts } from "../../texts/webhooks";
import { STALE_WEBHOOKS } from "./changes";
import type { Secret, Webhook } from "./queries";
import { ShownSecret } from "./ShownSecret";

const GRACES = Object.entries(texts.secret.graces).map(([value, label]) => ({ value, label }));

/** A secret that is shown once, or replaced. What was shown goes when the page is left. */
export function SecretBox({ hook }: { hook: Webhook }) {
  const may = useMay()("webhooks:write");
  const [shown, setShown] = useState<Secret>();
  const reveal = useChange(() => call<Secret>(`/webhooks/${hook.id}/secret`, { method: "POST" }), STALE_WEBHOOKS, setShown);
  return (
    <Stack gap="sm">
      <Text size="sm">{hook.secret_shown ? texts.secret.seen : texts.secret.unseen}</Text>
      {hook.old_secrets > 0 && (
        <Text size="sm" className="c32-dim">
          {texts.secret.old(hook.old_secrets)}
        </Text>
      )}
      {shown && <ShownSecret secret={shown.secret} />}
      {reveal.error && <ProblemNote error={reveal.error} />}
      <Group gap="xs">
        {!hook.secret_shown && (
          <Button disabled={!may} loading={reveal.isPending} onClick={() => reveal.mutate(undefined)}>
            {texts.secret.show}
          </Button>
        )}
        <OpenForm label={texts.secret.rotate} title={texts.secret.rotateTitle} variant="default" disabled={!may}>
          {(close) => (
            <Rotate
              id={hook.id}
              onDone={(made) => {
                setShown(made);
                close();
              }}
            />
          )}
        </OpenForm>
      </Group>
    </Stack>
  );
}

function Rotate({ id, onDone }: { id: string; onDone: (made: Secret) => void }) {
  const [grace, setGrace] = useState("86400");
  const [url, setUrl] = useState(false);
  const rotate = useChange(
    () => call<Secret>(`/webhooks/${id}/rotate`, { method: "POST", body: { grace: Number(grace), url } }),
    STALE_WEBHOOKS,
    onDone,
  );
  return (
    <Stack gap="sm">
      <Select label={texts.secret.grace} data={GRACES} allowDeselect={false} value={grace} onChange={(value) => setGrace(value ?? "0")} />
      <Checkbox label={texts.secret.url} checked={url} onChange={(event) => setUrl(event.currentTarget.checked)} />
      {rotate.error && <ProblemNote error={rotate.error} />}
      <Button w="fit-content" loading={rotate.isPending} onClick={() => rotate.mutate(undefined)}>
        {texts.secret.rotate}
      </Button>
    </Stack>
  );
}
