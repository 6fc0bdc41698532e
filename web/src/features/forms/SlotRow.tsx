import { ActionIcon, Button, FileButton, Text } from "@mantine/core";
import { CircleCheck, CircleDashed, X } from "lucide-react";

import { size } from "../../format/size";
import { forms } from "../../texts/forms";
import type { GivenFile } from "./files";
import { labelOf } from "./labels";
import type { Slot } from "./needs";

interface Props {
  slot: Slot;
  /** What is in it. */
  file: GivenFile | undefined;
  complain: boolean | undefined;
  disabled: boolean | undefined;
  onGive: (file: File) => void;
  onRemove: (file: GivenFile) => void;
}

const { files: texts } = forms;

/** One file that the bot asks for: its name, whether it must be there, and what was chosen for it. */
export function SlotRow({ slot, file, complain, disabled, onGive, onRemove }: Props) {
  const name = slot.name || labelOf(slot.parameter ?? "", undefined);
  const Icon = file ? CircleCheck : CircleDashed;
  return (
    <li className="c32-slot" data-filled={file !== undefined || undefined}>
      <Icon size={16} aria-hidden />
      <div className="c32-slot-name">
        <strong className="c32-break">{name}</strong>{" "}
        <Text span size="xs" className="c32-dim">
          {slot.required ? texts.needed : texts.optional}
        </Text>
        {file && (
          <Text size="xs" className="c32-dim c32-break" role="status">
            {stateOf(file)}
          </Text>
        )}
        {complain && slot.required && !file && (
          <Text size="xs" c="var(--mantine-color-error)">
            {texts.lacking(name)}
          </Text>
        )}
      </div>
      <FileButton onChange={(chosen) => chosen && onGive(chosen)} disabled={disabled} inputProps={{ "aria-label": texts.choose(name) }}>
        {(button) => (
          <Button {...button} size="xs" variant={file ? "subtle" : "default"} disabled={disabled} aria-label={file ? texts.replaceNamed(name) : texts.choose(name)}>
            {file ? texts.replace : texts.pickOne}
          </Button>
        )}
      </FileButton>
      {file && (
        <ActionIcon variant="subtle" color="gray" aria-label={texts.remove(name)} disabled={disabled} onClick={() => onRemove(file)}>
          <X size={16} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
}

function stateOf(file: GivenFile): string {
  if (file.error) return `${texts.failed}: ${file.error}`;
  if (file.kept) return size(file.size);
  return file.id === undefined ? texts.uploading : texts.from(file.name, size(file.size));
}
