"""Providers, aliases, prices and the cache of the model gateway, as a workspace sets them."""
