import { ActionIcon, Button, FileButton, Group, Input, Text, TextInput } from "@mantine/core";
import { X } from "lucide-react";
import { useState, type DragEvent } from "react";

import { size } from "../../format/size";
import { forms } from "../../texts/forms";
import { nameProblem, upload, type GivenFile } from "./files";
import "./forms.css";
import { inSlot, placed, slotFor, type Slot } from "./needs";
import { SlotRow } from "./SlotRow";

interface Props {
  label?: string;
  value: readonly GivenFile[];
  /** A function of the present files, as `useState` takes it: uploads end at any time. */
  onChange: (change: (present: readonly GivenFile[]) => readonly GivenFile[]) => void;
  disabled?: boolean;
  /** The files that the bot asks for, each with a place of its own. */
  slots?: readonly Slot[];
  /** Says at each place that must be filled that it is empty. */
  complain?: boolean;
  /** A file was chosen for a place whose name the input does not say yet. */
  onName?: (slot: Slot, name: string) => void;
}

const NO_SLOTS: readonly Slot[] = [];

/** Files for a run: chosen or dropped, uploaded at once, each with the name by which the bot reads it. */
export function FilesInput({ label = forms.files.label, value, onChange, disabled, slots = NO_SLOTS, complain, onName }: Props) {
  const [over, setOver] = useState(false);
  const patch = (key: string, change: Partial<GivenFile>) =>
    onChange((present) => present.map((file) => (file.key === key ? { ...file, ...change } : file)));
  const remove = (gone: GivenFile) => onChange((present) => present.filter((one) => one.key !== gone.key));
  const named = placed(value, slots);
  const inPlace = new Set(slots.map((slot) => inSlot(slot, value, slots)?.key));
  const loose = named.filter((file) => !inPlace.has(file.key));

  function add(files: readonly File[]) {
    const all = [...value];
    for (const file of files) give(file, slotFor(file.name, all, slots), all);
  }

  function give(file: File, slot: Slot | undefined, all: GivenFile[] = [...value]) {
    const entry: GivenFile = { key: crypto.randomUUID(), name: file.name, size: file.size, ...(slot && { slot: slot.key }) };
    const before = slot && inSlot(slot, all, slots);
    all.push(entry);
    onChange((present) => [...present.filter((one) => one.key !== before?.key), entry]);
    if (slot?.name === "") onName?.(slot, file.name);
    void send(file, entry.key);
  }

  async function send(file: File, key: string) {
    try {
      const stored = await upload(file);
      patch(key, { id: stored.id });
    } catch (failure) {
      patch(key, { error: failure instanceof Error ? failure.message : forms.files.failed });
    }
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    if (!disabled) add([...event.dataTransfer.files]);
  }

  return (
    <Input.Wrapper
      label={label}
      description={slots.length > 0 ? forms.files.wanted : forms.files.about}
      labelElement="div"
      inputWrapperOrder={["label", "description", "input"]}
    >
      <div
        className="c32-drop"
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {slots.length > 0 && (
          <ul className="c32-drop-files">
            {slots.map((slot) => (
              <SlotRow key={slot.key} slot={slot} file={inSlot(slot, value, slots)} complain={complain} disabled={disabled} onGive={(file) => give(file, slot)} onRemove={remove} />
            ))}
          </ul>
        )}
        <Group gap="xs">
          <Text size="sm" className="c32-dim c32-wide">
            {slots.length > 0 ? forms.files.hintMore : forms.files.hint}
          </Text>
          <FileButton multiple onChange={add} disabled={disabled} inputProps={{ "aria-label": label }}>
            {(button) => (
              <Button {...button} size="xs" variant={slots.length > 0 ? "subtle" : "default"} disabled={disabled}>
                {slots.length > 0 ? forms.files.pickMore : forms.files.pick}
              </Button>
            )}
          </FileButton>
        </Group>
        {loose.length > 0 && (
          <ul className="c32-drop-files">
            {loose.map((file) => (
              <li key={file.key} className="c32-drop-file">
                <TextInput
                  aria-label={forms.files.name(file.name)}
                  size="xs"
                  value={file.name}
                  readOnly={file.kept}
                  disabled={disabled}
                  error={file.error ? `${forms.files.failed}: ${file.error}` : nameProblem(named, file)}
                  onChange={(event) => patch(file.key, { name: event.currentTarget.value })}
                />
                <Text size="sm" className="c32-dim" role="status">
                  {file.id === undefined && !file.kept && !file.error ? forms.files.uploading : size(file.size)}
                </Text>
                <ActionIcon variant="subtle" color="gray" aria-label={forms.files.remove(file.name)} disabled={disabled} onClick={() => remove(file)}>
                  <X size={16} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Input.Wrapper>
  );
}
