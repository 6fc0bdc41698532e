/** Keys that work on every page: Ctrl+K or Cmd+K, `?`, `/`, `c`, and `g` with a letter for each place. */
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef } from "react";

import { preferences } from "../../api/preferences";
import { PLACES } from "../shell/pages";

const SEQUENCE_MS = 1200;

export type Wish = { kind: "palette" } | { kind: "help" } | { kind: "search" } | { kind: "go"; to: string } | { kind: "begin" } | null;

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** What a key means; `begun`: `g` was pressed just before; `typing`: letters are text where the focus is, or everywhere. */
export function wishOf({ key, ctrlKey, metaKey, altKey }: Pressed, begun: boolean, typing: boolean): Wish {
  if ((ctrlKey || metaKey) && key.toLowerCase() === "k") return { kind: "palette" };
  if (typing || ctrlKey || metaKey || altKey) return null;
  if (begun) {
    const place = PLACES.find((one) => one.key === key);
    return place ? { kind: "go", to: place.to } : null;
  }
  if (key === "g") return { kind: "begin" };
  if (key === "?") return { kind: "help" };
  if (key === "/") return { kind: "search" };
  if (key === "c") return { kind: "go", to: "/build" };
  return null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** `mod+K` as this machine's keyboard has it. */
export function keyName(keys: string): string {
  const mac = navigator.userAgent.includes("Mac");
  return keys.replace("mod+", mac ? "⌘ " : "Ctrl ");
}

export function useShortcuts({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }) {
  const navigate = useNavigate();
  const began = useRef(0);
  const act = useEffectEvent((wish: NonNullable<Wish>) => {
    if (wish.kind === "palette") onPalette();
    else if (wish.kind === "help") onHelp();
    else if (wish.kind === "go") void navigate({ to: wish.to });
    else if (wish.kind === "search") document.querySelector<HTMLInputElement>("[data-search-field]")?.focus();
  });

  useEffect(() => {
    function press(event: KeyboardEvent) {
      // A dialog has the keyboard to itself.
      const wish = wishOf(event, Date.now() - began.current < SEQUENCE_MS, isTyping(event.target) || preferences.get().noLetterKeys === true);
      if (document.querySelector("[role=dialog]") && wish?.kind !== "palette") return;
      began.current = wish?.kind === "begin" ? Date.now() : 0;
      if (!wish) return;
      event.preventDefault();
      act(wish);
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
