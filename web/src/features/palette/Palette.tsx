import { Combobox, Modal, ScrollArea, Text, TextInput, useCombobox, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useState, type KeyboardEvent } from "react";

import * as queries from "../../api/queries";
import { usePreferences } from "../../api/preferences";
import { common } from "../../texts/common";
import { shell } from "../../texts/shell";
import { gather, type Choice } from "./choices";

const PAUSE_MS = 120;

/** Everything by keyboard: places, commands, whatever search finds, and a sentence that becomes a bot. */
export default function Palette({ onClose, onShortcuts }: { onClose: () => void; onShortcuts: () => void }) {
  const navigate = useNavigate();
  const { recent } = usePreferences();
  const here = useRouterState({ select: (state) => state.location.pathname });
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed.trim(), PAUSE_MS);
  const found = useQuery({ ...queries.search(asked), enabled: asked.length > 1, placeholderData: keepPreviousData });
  const combobox = useCombobox({ opened: true });
  const groups = gather(typed, asked.length > 1 ? (found.data?.hits ?? []) : [], recent.filter(({ path }) => path !== here));
  const choices = groups.flatMap((group) => group.choices);

  function choose(choice: Choice | undefined) {
    if (!choice) return;
    onClose();
    if (choice.command === "shortcuts") onShortcuts();
    else if (choice.to) void navigate({ to: choice.to, search: choice.search ?? {} });
  }

  function press(event: KeyboardEvent) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (event.key === "ArrowDown") combobox.selectNextOption();
      else combobox.selectPreviousOption();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const at = combobox.getSelectedOptionIndex();
      choose(choices[at < 0 ? 0 : at]);
    }
  }

  return (
    <Modal opened onClose={onClose} size="lg" yOffset="10vh" centered={false} withCloseButton={false} padding="xs" title={<VisuallyHidden>{shell.palette.label}</VisuallyHidden>}>
      <Combobox store={combobox} onOptionSubmit={(key) => choose(choices.find((one) => one.key === key))}>
        <Combobox.EventsTarget withKeyboardNavigation={false}>
          <TextInput
            data-autofocus
            size="md"
            leftSection={<Search size={18} aria-hidden />}
            aria-label={shell.palette.label}
            placeholder={shell.palette.placeholder}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              combobox.resetSelectedOption();
            }}
            onKeyDown={press}
          />
        </Combobox.EventsTarget>
        <ScrollArea.Autosize mah="55vh" mt="xs" viewportProps={{ tabIndex: 0 }}>
          <Combobox.Options aria-label={shell.palette.label}>
            {groups.map((group) => (
              <Combobox.Group label={group.label} key={group.label}>
                {group.choices.map((choice) => (
                  <Combobox.Option value={choice.key} key={choice.key}>
                    <Text size="sm" component="span">
                      {choice.label}
                    </Text>
                    {choice.hint && (
                      <Text size="xs" className="c32-dim" lineClamp={1} component="span" display="block">
                        {choice.hint}
                      </Text>
                    )}
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            ))}
            {choices.length === 0 && <Combobox.Empty>{common.none}</Combobox.Empty>}
          </Combobox.Options>
        </ScrollArea.Autosize>
      </Combobox>
    </Modal>
  );
}
