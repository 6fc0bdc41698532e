/** Server-sent events. The browser reconnects by itself and sends where it stopped. */
import { useEffect, useEffectEvent, useState } from "react";

export type Handlers = Record<string, (data: unknown) => void>;

/**
 * Listen to `/api/v1${path}` while the component is there; null listens to nothing. Every handler gets the parsed
 * JSON of its event; `end` closes the stream for good. Answers whether the stream is open now.
 */
export function useLive(path: string | null, handlers: Handlers): boolean {
  const [open, setOpen] = useState(false);
  const names = Object.keys(handlers).join(" ");
  const take = useEffectEvent((name: string, data: string) => handlers[name]?.(data === "" ? null : JSON.parse(data)));
  useEffect(() => {
    if (path === null) return;
    const source = new EventSource(`/api/v1${path}`);
    source.onopen = () => setOpen(true);
    source.onerror = () => setOpen(false);
    for (const name of new Set([...names.split(" "), "end"])) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        take(name, event.data);
        if (name !== "end") return;
        source.close();
        setOpen(false);
      });
    }
    return () => {
      source.close();
      setOpen(false);
    };
  }, [path, names]);
  return open;
}
