"""What a Codex-32 bot calls: `log`, `files`, `state` and `run`. Standard library only.

    from codex32_bot import files, log, state

Inside the sandbox the calls go to the platform; on a laptop (plain `python bot.py`, pytest) the same calls
work with the console, the current folder and a small state file. `codex32_bot.testing` gives a test a clean
workbench.

Deliberately absent: anything that decides what a bot may do. That is enforced outside of the process.
"""

__version__ = "0.1.0"
