import { ActionIcon, Button, FileButton, Group, Input, Text, TextInput } from "@mantine/core";
import { X } from "lucide-react";
import { useState, type DragEvent } from "react";

import { size } from "../../format/size";
import { forms } from "../../texts/forms";
import { nameProblem, upload, type GivenFile } from "./files";
import "./forms.css";

interface Props {
  label?: string;
  value: readonly GivenFile[];
  /** A function of the present files, as `useState` takes it: uploads end at any time. */
  onChange: (change: (present: readonly GivenFile[]) => readonly GivenFile[]) => void;
  disabled?: boolean;
}

/** Files for a run: chosen or dropped, uploaded at once, each with the name by which the bot reads it. */
export function FilesInput({ label = forms.files.label, value, onChange, disabled }: Props) {
  const [over, setOver] = useState(false);
  const patch = (key: string, change: Partial<GivenFile>) =>
    onChange((present) => present.map((file) => (file.key === key ? { ...file, ...change } : file)));

  function add(files: readonly File[]) {
    const given = files.map((file) => ({ file, entry: { key: crypto.randomUUID(), name: file.name, size: file.size } }));
    onChange((present) => [...present, ...given.map(({ entry }) => entry)]);
    for (const { file, entry } of given) void send(file, entry.key);
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
    <Input.Wrapper label={label} description={forms.files.about} labelElement="div" inputWrapperOrder={["label", "description", "input"]}>
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
        <Group gap="xs">
          <Text size="sm" className="c32-dim c32-wide">
            {forms.files.hint}
          </Text>
          <FileButton multiple onChange={add} disabled={disabled} inputProps={{ "aria-label": label }}>
            {(button) => (
              <Button {...button} size="xs" variant="default" disabled={disabled}>
                {forms.files.pick}
              </Button>
            )}
          </FileButton>
        </Group>
        {value.length > 0 && (
          <ul className="c32-drop-files">
            {value.map((file) => (
              <li key={file.key} className="c32-drop-file">
                <TextInput
                  aria-label={forms.files.name(file.name)}
                  size="xs"
                  value={file.name}
                  error={file.error ? `${forms.files.failed}: ${file.error}` : nameProblem(value, file)}
                  onChange={(event) => patch(file.key, { name: event.currentTarget.value })}
                />
                <Text size="sm" className="c32-dim" role="status">
                  {file.id === undefined && !file.error ? forms.files.uploading : size(file.size)}
                </Text>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={forms.files.remove(file.name)}
                  onClick={() => onChange((present) => present.filter((one) => one.key !== file.key))}
                >
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
