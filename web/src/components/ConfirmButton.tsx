import { Button, type ButtonProps } from "@mantine/core";
import { lazy, Suspense, useState } from "react";

import { fileOf } from "../api/files";
import type { ConfirmDialogProps } from "./ConfirmDialog";

const ConfirmDialog = lazy(fileOf(() => import("./ConfirmDialog")));

interface Props extends Omit<ButtonProps, "children">, Omit<ConfirmDialogProps, "opened" | "onClose"> {
  label: string;
}

/** A button whose consequence is said before it happens. The dialog is loaded with the first press. */
export function ConfirmButton({ title, children, action, label, word, onConfirm, ...button }: Props) {
  const [wanted, setWanted] = useState(false);
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant="default"
        {...button}
        onClick={() => {
          setWanted(true);
          setOpened(true);
        }}
      >
        {label}
      </Button>
      {wanted && (
        <Suspense>
          <ConfirmDialog opened={opened} onClose={() => setOpened(false)} title={title} action={action} word={word} onConfirm={onConfirm}>
            {children}
          </ConfirmDialog>
        </Suspense>
      )}
    </>
  );
}
