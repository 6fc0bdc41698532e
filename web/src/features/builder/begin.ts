/** Beginning a session: also for pages that only have a box for words. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { call } from "../../api/client";
import { preferences } from "../../api/preferences";
import type { Schemas, Upload } from "../../api/types";
import type { Session } from "./documents";
import { session as sessionQuery } from "./queries";

export interface Wish extends Partial<Schemas["NewSession"]> {
  text: string;
}

const zone = () => preferences.get().zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Begins a session with words (and files for its schedules), and goes to its page. */
export function useBegin() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ wish, files = [] }: { wish: Wish; files?: File[] }) =>
      call<Session>("/builder/sessions", { method: "POST", body: { timezone: zone(), ...wish, files: await stored(files) } }),
    onSuccess: async (begun) => {
      client.setQueryData(sessionQuery(begun.id).queryKey, begun);
      void client.invalidateQueries({ queryKey: ["builder", "sessions"] });
      await navigate({ to: "/build/$sessionId", params: { sessionId: begun.id } });
    },
  });
}

async function stored(files: File[]): Promise<Record<string, string>> {
  const uploads = files.map((file) => call<Upload>(`/uploads?name=${encodeURIComponent(file.name)}`, { method: "PUT", raw: file }));
  const ids = await Promise.all(uploads);
  return Object.fromEntries(files.map((file, at) => [file.name, ids[at]?.id ?? ""]));
}
