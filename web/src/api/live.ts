/** Server-sent events. The stream comes back by itself and goes on where it stopped. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";

import * as queries from "./queries";
import { follow } from "./stream";

export type Handlers = Record<string, (data: unknown) => void>;

const SIGNED_OUT = 401;

/**
 * Listen to `/api/v1${path}` while the component is there; null listens to nothing. Every handler gets the parsed
 * JSON of its event; `end` closes the stream for good. `missed` is called when it is open again after it was not: ask
 * anew for what it would have told. Answers whether the stream is open now.
 */
export function useLive(path: string | null, handlers: Handlers, missed?: () => void): boolean {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const names = Object.keys(handlers).join(" ");
  const take = useEffectEvent((name: string, data: string) => handlers[name]?.(data === "" ? null : JSON.parse(data)));
  const miss = useEffectEvent(() => missed?.());
  useEffect(() => {
    if (path === null) return;
    const close = follow(`/api/v1${path}`, {
      names: names.split(" "),
      event: (name, data) => take(name, data),
      state: setOpen,
      missed: () => miss(),
      // The frame of the page leads to where one signs in.
      stopped: (status) => status === SIGNED_OUT && void client.invalidateQueries({ queryKey: queries.me().queryKey }),
    });
    return () => {
      close();
      setOpen(false);
    };
  }, [client, path, names]);
  return open;
}
