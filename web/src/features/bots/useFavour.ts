import { useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../api/client";

interface Wish {
  id: string;
  chosen: boolean;
}

/** Makes a bot a favourite of whoever is signed in, or none any more. */
export function useFavour() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, chosen }: Wish) => call(`/bots/${id}/favourite`, { method: chosen ? "PUT" : "DELETE" }),
    // A page may call the bot by its name: whichever bot is looked at is asked about again.
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ["bots"] }), client.invalidateQueries({ queryKey: ["bot"] })]),
  });
}
