import { Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";

import { call } from "../../../api/client";
import { hasEnded, type Run } from "../../../api/types";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { common } from "../../../texts/common";
import { runs as texts } from "../../../texts/runs";
import { each } from "./each";

const words = texts.bulk;

/** What can be done with several runs at once: end those that go on, begin anew those that have ended. */
export function Bulk({ runs, onDone }: { runs: readonly Run[]; onDone: () => void }) {
  const ended = runs.filter((run) => hasEnded(run.status));
  const going = runs.filter((run) => !hasEnded(run.status));
  const act = async (chosen: readonly Run[], what: "cancel" | "retry") => {
    const failures = await each(chosen, (run) => call(`/runs/${run.id}/${what}`, { method: "POST", body: {} }));
    const done = chosen.length - failures.length;
    if (done > 0) notifications.show({ message: words.done(done) });
    if (failures[0]) notifications.show({ color: "red", message: words.failed(failures.length, failures[0].message) });
    onDone();
  };
  return (
    <div className="c32-runs-bulk" role="region" aria-label={common.table.actions}>
      <Text size="sm" role="status">
        {common.table.selected(runs.length)}
      </Text>
      {going.length > 0 && (
        <ConfirmButton size="xs" label={words.cancel(going.length)} action={words.cancel(going.length)} title={words.cancelTitle} onConfirm={() => act(going, "cancel")}>
          {words.cancelText(going.length)}
        </ConfirmButton>
      )}
      {ended.length > 0 && (
        <ConfirmButton size="xs" label={words.retry(ended.length)} action={words.retry(ended.length)} title={words.retryTitle} onConfirm={() => act(ended, "retry")}>
          {words.retryText(ended.length)}
        </ConfirmButton>
      )}
      <Button size="xs" variant="subtle" onClick={onDone}>
        {words.clear}
      </Button>
    </div>
  );
}
