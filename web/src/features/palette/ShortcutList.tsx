import { Kbd, Modal, Switch, Table } from "@mantine/core";
import type { ReactNode } from "react";

import { preferences, usePreferences } from "../../api/preferences";
import { common } from "../../texts/common";
import { shell } from "../../texts/shell";
import { PLACES } from "../shell/pages";
import { keyName } from "./shortcuts";

export default function ShortcutList({ onClose }: { onClose: () => void }) {
  const rows: [what: string, keys: ReactNode][] = [
    [shell.shortcuts.palette, <Kbd key="k">{keyName("mod+K")}</Kbd>],
    [common.search, <Kbd key="s">/</Kbd>],
    [shell.shortcuts.build, <Kbd key="c">c</Kbd>],
    [shell.shortcuts.help, <Kbd key="h">?</Kbd>],
    ...PLACES.map((place): [string, ReactNode] => [
      shell.shortcuts.go(place.label),
      <span key={place.key}>
        <Kbd>g</Kbd> {shell.shortcuts.then} <Kbd>{place.key}</Kbd>
      </span>,
    ]),
  ];
  return (
    <Modal opened onClose={onClose} title={shell.shortcuts.title} closeButtonProps={{ "aria-label": common.close }}>
      <LetterKeys />
      <Table mt="sm">
        <Table.Tbody>
          {rows.map(([what, keys]) => (
            <Table.Tr key={what}>
              <Table.Th scope="row" fw={400}>
                {what}
              </Table.Th>
              <Table.Td ta="right">{keys}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

/** Keys of one letter can be switched off. */
function LetterKeys() {
  const { noLetterKeys } = usePreferences();
  return (
    <Switch
      label={shell.shortcuts.letters}
      description={shell.shortcuts.lettersHint}
      checked={!noLetterKeys}
      onChange={(event) => preferences.set({ noLetterKeys: !event.currentTarget.checked || undefined })}
    />
  );
}
