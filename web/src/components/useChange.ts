import { useMutation, useQueryClient } from "@tanstack/react-query";

/** A change on the server, after which everything whose key begins with one of `stale` is asked anew. */
export function useChange<Given, Answer>(change: (given: Given) => Promise<Answer>, stale: readonly (readonly unknown[])[], then?: (answer: Answer) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (answer) => {
      await Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey })));
      then?.(answer);
    },
  });
}
