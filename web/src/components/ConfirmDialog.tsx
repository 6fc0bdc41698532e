import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";

import { common } from "../texts/common";
import { ProblemNote } from "./ProblemNote";

export interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, and whether it can be taken back. */
  children: ReactNode;
  /** The word on the button that does it. */
  action: string;
  /** Asks for this to be typed first: for what cannot be taken back. */
  word?: string | undefined;
  onConfirm: () => Promise<unknown>;
}

export default function ConfirmDialog({ opened, onClose, title, children, action, word, onConfirm }: ConfirmDialogProps) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();

  async function confirm() {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
      setTyped("");
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ "aria-label": common.close }}>
      <Stack>
        <Text size="sm" component="div">
          {children}
        </Text>
        {word && <TextInput label={common.typeToConfirm(word)} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />}
        {error && <ProblemNote error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button color="red" loading={busy} disabled={word !== undefined && typed !== word} onClick={() => void confirm()}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
