/** Where a thing that needs a person is looked at. */
import type { Subject } from "./queries";

export interface Place {
  to: string;
  params?: Record<string, string>;
  search?: Record<string, string>;
}

export function placeOf({ type, id, bot_id: bot }: Pick<Subject, "type" | "id" | "bot_id">): Place {
  const one = id ?? "";
  switch (type) {
    case "service":
      return { to: "/services/$serviceId", params: { serviceId: one } };
    case "incident":
      return { to: "/incidents/$incidentId", params: { incidentId: one } };
    case "budget":
      return { to: "/usage", search: { tab: "budgets" } };
    case "run":
      return { to: "/runs/$runId", params: { runId: one } };
    case "bot":
      return { to: "/bots/$botId", params: { botId: one } };
    case "version":
      return { to: "/bots/$botId", params: { botId: bot ?? one }, search: { tab: "versions" } };
    case "schedule":
      return { to: "/triggers", search: { tab: "schedules", schedule: one } };
    case "webhook":
      return { to: "/triggers/webhooks/$webhookId", params: { webhookId: one } };
    case "proposal":
      return { to: "/proposals/$proposalId", params: { proposalId: one } };
    case "system":
      return { to: "/settings/$section", params: { section: "system" } };
  }
}
