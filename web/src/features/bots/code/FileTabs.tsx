import { Button, Group, Popover, Tabs, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Plus } from "lucide-react";
import { useState, type ReactNode, type SyntheticEvent } from "react";

import { code as texts } from "../../../texts/bots";
import { isFreeName, type Changed } from "./draft";
import { worstOf, type Diagnostic } from "./marks";

interface Props {
  paths: readonly string[];
  chosen: string;
  changes: readonly Changed[];
  diagnostics: readonly Diagnostic[];
  editable: boolean;
  onChoose: (path: string) => void;
  onAdd: (path: string) => void;
  onRemove: (path: string) => void;
  children: ReactNode;
}

/** A tab for each file; words beside its name say what was changed and whether checks complain. */
export function FileTabs({ paths, chosen, changes, diagnostics, editable, onChoose, onAdd, onRemove, children }: Props) {
  const kinds = new Map(changes.map((change) => [change.path, change.kind]));
  return (
    <Tabs value={chosen} onChange={(path) => path !== null && onChoose(path)} keepMounted={false}>
      <div className="c32-file-bar">
        <Tabs.List aria-label={texts.files} className="c32-tabs c32-file-tabs">
          {paths.map((path) => (
            <Tabs.Tab value={path} key={path} data-kind={kinds.get(path)} data-worst={worstOf(diagnostics, path)}>
              {path}
              {kinds.has(path) && <span className="c32-dim"> · {texts[kinds.get(path) ?? "changed"]}</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {editable && (
          <Group gap={4} wrap="nowrap">
            {paths.length > 1 && (
              <Button size="xs" variant="subtle" color="gray" onClick={() => onRemove(chosen)} aria-pressed={kinds.get(chosen) === "removed"}>
                {texts.remove(chosen.split("/").at(-1) ?? chosen)}
              </Button>
            )}
            <NewFile paths={paths} onAdd={onAdd} />
          </Group>
        )}
      </div>
      <Tabs.Panel value={chosen}>{children}</Tabs.Panel>
    </Tabs>
  );
}

function NewFile({ paths, onAdd }: { paths: readonly string[]; onAdd: (path: string) => void }) {
  const [opened, { toggle, close }] = useDisclosure();
  const [name, setName] = useState("");
  const good = isFreeName(paths, name);
  function add(event: SyntheticEvent) {
    event.preventDefault();
    if (!good) return;
    onAdd(name);
    setName("");
    close();
  }
  return (
    <Popover opened={opened} onChange={(open) => !open && close()} trapFocus position="bottom-end" withRoles={false}>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<Plus size={14} aria-hidden />} aria-expanded={opened} onClick={toggle}>
          {texts.add}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={add}>
          <TextInput
            label={texts.addName}
            value={name}
            data-autofocus
            error={name !== "" && !good ? texts.addBad : undefined}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" size="xs" mt="xs" disabled={!good}>
            {texts.create}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
