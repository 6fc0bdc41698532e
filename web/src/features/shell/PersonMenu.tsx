import { Menu, useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { call } from "../../api/client";
import { preferences } from "../../api/preferences";
import type { Me } from "../../api/types";
import { shell } from "../../texts/shell";
import { forgetPlace } from "../session/back";
import { PersonButton } from "./Frame";

const SCHEMES = [
  { value: "light", icon: Sun },
  { value: "dark", icon: Moon },
  { value: "auto", icon: Monitor },
] as const;

/** Who is signed in, the colours, and the way out. It is loaded by the press on its button, and opens. */
export default function PersonMenu({ me, onShortcuts }: { me: Me; onShortcuts: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const button = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState(false);

  useEffect(() => {
    // The button that was pressed is gone; this one stands in its place.
    button.current?.focus();
    const frame = requestAnimationFrame(() => setOpened(true));
    return () => cancelAnimationFrame(frame);
  }, []);

  async function signOut() {
    try {
      await call("/session", { method: "DELETE" });
    } catch (error) {
      notifications.show({ color: "red", message: `${shell.stillIn} ${error instanceof Error ? error.message : ""}` });
      return;
    }
    client.clear();
    preferences.set({ recent: [], lookedBy: undefined }); // names that the next person need not see
    forgetPlace();
    await navigate({ to: "/sign-in" });
  }

  return (
    <Menu position="bottom-end" width={220} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <PersonButton name={me.principal.name} ref={button} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.principal.name} · {me.principal.role}
        </Menu.Label>
        <Menu.Item leftSection={<Keyboard size={16} aria-hidden />} onClick={onShortcuts}>
          {shell.shortcuts.open}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{shell.scheme.label}</Menu.Label>
        {SCHEMES.map(({ value, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} aria-hidden />}
            role="menuitemradio"
            aria-checked={colorScheme === value}
            fw={colorScheme === value ? 700 : undefined}
            onClick={() => setColorScheme(value)}
          >
            {shell.scheme[value]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => void signOut()}>
          {shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
