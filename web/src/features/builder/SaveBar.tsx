import { Button, Text } from "@mantine/core";

import { ProblemNote } from "../../components/ProblemNote";
import { session } from "../../texts/builder";

const { edit: texts } = session;

interface Props {
  busy: boolean;
  error: Error | null;
  /** What is wrong with what was typed; then it cannot be saved. */
  fault?: string | undefined;
  onSave: () => void;
  onDiscard: () => void;
}

/** Shown while something was changed and is not saved. */
export function SaveBar({ busy, error, fault, onSave, onDiscard }: Props) {
  return (
    <>
      <div className="c32-ready" data-tone="warn" role="status">
        <Text size="sm">{fault ?? texts.unsaved}</Text>
        <div className="c32-save-buttons">
          <Button size="xs" variant="default" onClick={onDiscard}>
            {texts.discard}
          </Button>
          <Button size="xs" loading={busy} disabled={fault !== undefined} onClick={onSave}>
            {texts.save}
          </Button>
        </div>
      </div>
      {error && <ProblemNote error={error} />}
    </>
  );
}
