"""Pure helpers without any import from the rest of the server."""
