"""The code that runs inside the sandbox, before and around a bot. Standard library only.

Copied into the runtime folder as the package `codex32_guest`, so its modules import each other relatively
and nothing else of the server. Imports are few and late on purpose: each costs every run. The host treats
whatever comes from here as hostile, because a bot shares the process.
"""
