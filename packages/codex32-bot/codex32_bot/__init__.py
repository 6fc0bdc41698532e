"""What a Codex-32 bot calls: `log`, `files`, `state`, `secrets` and `run`. Standard library only.

    from codex32_bot import files, log, secrets, state

Inside the sandbox the calls go to the platform; on a laptop (plain `python bot.py`, pytest) the same calls
work with the console, the current folder and a small state file. `codex32_bot.testing` gives a test a clean
workbench.

Deliberately absent: anything that decides what a bot may do. That is enforced outside of the process.
"""

from ._secrets import secrets as secrets

__version__ = "0.1.0"
