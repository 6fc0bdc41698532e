import { Button, type ButtonProps } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Check, Copy } from "lucide-react";

import { common } from "../texts/common";

export function CopyButton({ text, label = common.copy, ...button }: ButtonProps & { text: string; label?: string }) {
  const clipboard = useClipboard();
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={clipboard.copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      {...button}
      onClick={() => clipboard.copy(text)}
    >
      {clipboard.copied ? common.copied : clipboard.error ? common.notCopied : label}
    </Button>
  );
}
