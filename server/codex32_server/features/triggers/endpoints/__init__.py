"""HTTP of triggers: the API of schedules and of webhooks, and the URLs of webhooks themselves."""
