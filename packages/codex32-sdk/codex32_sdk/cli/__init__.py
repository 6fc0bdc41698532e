"""The command line `codex32`: thin commands over the client. What a server on this machine needs is its own.

A command's module is imported when the command is called, because start-up time is felt at every call; the
table of commands is in `registry`.
"""
