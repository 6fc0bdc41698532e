"""Runs one bot in a sandbox and says how it ended. Knows neither the database nor HTTP."""
