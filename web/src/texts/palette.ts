export const palette = {
  runOf: (bot: string) => `Run of ${bot}`,
  kinds: {
    bot: "Bot",
    run: "Run",
    session: "Builder",
    service: "Service",
    base: "Knowledge base",
    webhook: "Webhook",
    proposal: "Proposal",
    incident: "Incident",
    guide: "Guide",
  } as Record<string, string>,
} as const;
