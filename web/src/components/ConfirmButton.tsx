import { Button, Group, Modal, Stack, Text, TextInput, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type ReactNode } from "react";

import { common } from "../texts/common";
import { ProblemNote } from "./ProblemNote";

interface Props extends ButtonProps {
  title: string;
  /** What will happen, and whether it can be taken back. */
  children: ReactNode;
  /** The word on the button that does it. */
  action: string;
  label: string;
  /** Asks for this to be typed first: for what cannot be taken back. */
  word?: string;
  onConfirm: () => Promise<unknown>;
}

/** A button whose consequence is said before it happens. */
export function ConfirmButton({ title, children, action, label, word, onConfirm, ...button }: Props) {
  const [opened, { open, close }] = useDisclosure();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();

  async function confirm() {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      close();
      setTyped("");
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button variant="default" {...button} onClick={open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ "aria-label": common.close }}>
        <Stack>
          <Text size="sm" component="div">
            {children}
          </Text>
          {word && <TextInput label={common.typeToConfirm(word)} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />}
          {error && <ProblemNote error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {common.cancel}
            </Button>
            <Button color="red" loading={busy} disabled={word !== undefined && typed !== word} onClick={() => void confirm()}>
              {action}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
