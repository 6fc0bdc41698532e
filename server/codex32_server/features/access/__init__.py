"""API keys, sign-in links and sessions: who is asking, and what may they do."""
