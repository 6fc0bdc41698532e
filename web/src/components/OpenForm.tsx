import { Button, Modal, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";

import { common } from "../texts/common";

/** A button that opens a form in a dialog; `children` gets the way to close it. The form is new each time it is opened. */
export function OpenForm({ label, title = label, width = "md", children, ...button }: Omit<ButtonProps, "children"> & { label: string; title?: string; width?: string; children: (close: () => void) => ReactNode }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button {...button} onClick={open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title} size={width} closeButtonProps={{ "aria-label": common.close }}>
        {opened && children(close)}
      </Modal>
    </>
  );
}
