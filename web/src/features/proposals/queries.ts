/** Proposals, and what is decided about them. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Page, Schemas } from "../../api/types";

export type Proposal = Schemas["ProposalView"];
export type Detail = Schemas["ProposalDetail"];
export type Decision = "approve" | "reject" | "apply" | "approve-apply";

const PROOF_REFRESH_MS = 2000;
const LIST_REFRESH_MS = 10_000;

export const proposals = (status: Proposal["status"], bot: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["proposals", { status, bot }],
    queryFn: ({ pageParam }) => call<Page<Proposal>>(`/proposals${asked({ status, bot, cursor: pageParam, limit: "25" })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: LIST_REFRESH_MS,
  });

export const proposal = (id: string) =>
  queryOptions({
    queryKey: ["proposals", id],
    queryFn: () => call<Detail>(`/proposals/${id}`),
    refetchInterval: (query) => (query.state.data?.proof === "pending" ? PROOF_REFRESH_MS : false),
  });

/** `approve-apply` is both, one after the other; where only the first succeeds the proposal is approved. */
export function useDecide(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ decision, note }: { decision: Decision; note: string }) => {
      for (const step of decision.split("-")) {
        await call<Detail>(`/proposals/${id}/${step}`, { method: "POST", body: step === "apply" ? undefined : { note } });
      }
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["proposals"] });
      void client.invalidateQueries({ queryKey: ["bot"] });
      void client.invalidateQueries({ queryKey: ["bots"] });
      void client.invalidateQueries({ queryKey: ["overview"] });
    },
  });
}
