import { Button, type ButtonProps } from "@mantine/core";
import { lazy, Suspense } from "react";

import { fileOf } from "../api/files";
import type { ConfirmDialogProps } from "./ConfirmDialog";
import { useOpening } from "./useOpening";

const ConfirmDialog = lazy(fileOf(() => import("./ConfirmDialog")));

interface Props extends Omit<ButtonProps, "children">, Omit<ConfirmDialogProps, "opened" | "onClose"> {
  label: string;
}

/** A button whose consequence is said before it happens. The dialog is loaded with the first press. */
export function ConfirmButton({ title, children, action, label, word, onConfirm, ...button }: Props) {
  const [wanted, want] = useOpening();
  const [opened, open, close] = useOpening();
  return (
    <>
      <Button
        variant="default"
        {...button}
        onClick={() => {
          want();
          open();
        }}
      >
        {label}
      </Button>
      <Suspense>
        {wanted && (
          <ConfirmDialog opened={opened} onClose={close} title={title} action={action} word={word} onConfirm={onConfirm}>
            {children}
          </ConfirmDialog>
        )}
      </Suspense>
    </>
  );
}
