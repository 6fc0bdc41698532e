"""Logs, metrics and traces of the platform itself. Bot output is not here."""
