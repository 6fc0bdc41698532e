import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import type { Bot, Schemas } from "../../api/types";
import { ConfirmButton } from "../../components/ConfirmButton";
import { ProblemNote } from "../../components/ProblemNote";
import { bots as texts } from "../../texts/bots";

type Action = Schemas["BulkRequest"]["action"];
type Refused = { name: string; detail: string };

const MOST = 200;

interface Props {
  chosen: readonly Bot[];
  archived: boolean;
  onClear: () => void;
}

/** What can be done with all selected bots at one time; those that refuse are named with their reason. */
export default function BulkBar({ chosen, archived, onClear }: Props) {
  const may = useMay();
  const client = useQueryClient();
  const [refused, setRefused] = useState<Refused[]>([]);
  const act = useMutation({
    mutationFn: (action: Action) =>
      call<Schemas["BulkView"]>("/bots/bulk", {
        method: "POST",
        body: { action, ids: chosen.map((bot) => bot.id), ...(action === "promote" ? { to: "prod" } : {}) },
      }),
    onSuccess: (done, action) => {
      notifications.show({ message: texts.bulk.done(labels[action], done.succeeded, done.failed) });
      const names = new Map(chosen.map((bot) => [bot.id, bot.name]));
      setRefused(done.items.flatMap((item) => (item.problem ? [{ name: names.get(item.id) ?? item.id, detail: item.problem.detail }] : [])));
      if (done.failed === 0) onClear();
      return client.invalidateQueries({ queryKey: ["bots"] });
    },
  });
  const tooMany = chosen.length > MOST;
  const careful = (action: "run" | "archive" | "restore" | "delete" | "promote") => (
    <ConfirmButton
      key={action}
      size="xs"
      label={labels[action]}
      title={labels[action]}
      action={labels[action]}
      disabled={tooMany}
      onConfirm={() => act.mutateAsync(action)}
    >
      {texts.bulk.confirm[action](chosen.length)}
    </ConfirmButton>
  );
  return (
    <div className="c32-bulk" role="region" aria-label={texts.bulk.label}>
      <Group gap="xs">
        <Text size="sm" fw={600} role="status">
          {texts.bulk.selected(chosen.length)}
        </Text>
        {may("runs:write") && !archived && careful("run")}
        <Button size="xs" variant="default" disabled={tooMany} onClick={() => act.mutate("favourite")}>
          {labels.favourite}
        </Button>
        <Button size="xs" variant="default" disabled={tooMany} onClick={() => act.mutate("unfavourite")}>
          {labels.unfavourite}
        </Button>
        {may("proposals:widen") && !archived && careful("promote")}
        {may("bots:write") && (archived ? (["restore"] as const) : (["archive", "delete"] as const)).map(careful)}
        <Button size="xs" variant="subtle" onClick={onClear}>
          {texts.bulk.clear}
        </Button>
        {tooMany && <Text size="sm">{texts.bulk.most(MOST)}</Text>}
      </Group>
      {act.error && <ProblemNote error={act.error} />}
      {refused.length > 0 && (
        <div role="status">
          <Text size="sm" fw={600}>
            {texts.bulk.left}
          </Text>
          <ul className="c32-bot-lines">
            {refused.map((one) => (
              <li key={one.name}>
                <b>{one.name}</b>: {one.detail}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

const labels: Record<Action, string> = {
  run: texts.bulk.run,
  favourite: texts.bulk.favourite,
  unfavourite: texts.bulk.unfavourite,
  archive: texts.bulk.archive,
  restore: texts.bulk.restore,
  delete: texts.bulk.remove,
  promote: texts.bulk.promote,
};
