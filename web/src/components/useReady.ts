import { useEffect, useRef } from "react";

import { isIdle } from "./idle";

/**
 * Brings the keyboard to what a person does next when it appears, unless they are busy elsewhere: the button they pressed
 * before is gone, and the focus would begin at the top of the page again. By touch it is only scrolled to: a field would open a
 * keyboard.
 */
export function useReady<E extends HTMLElement>(selector: string) {
  const place = useRef<E>(null);
  useEffect(() => {
    if (!isIdle()) return;
    if (!window.matchMedia("(pointer: coarse)").matches) place.current?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: "nearest" });
  }, [selector]);
  return place;
}
