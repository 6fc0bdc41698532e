# /// script
# requires-python = ">=3.11"
#
# [tool.codex32]
# name = "tick-worker"
# title = "A worker that never ends"
# kind = "service"
# service = { readiness = { heartbeat = "1m" }, liveness = { heartbeat = "1m" }, stop_grace = "5s" }
# limits = { memory = "128MiB" }
# ///
"""Do a small piece of work every few seconds, remember how far it got, and stop when told to."""

from __future__ import annotations

from codex32_bot import log, service, state

PAUSE = 2.0
KEY = "done"


def step() -> int:
    """One piece of work: count on from where the last one stopped, whichever process that was."""
    done = (state.get(KEY) or 0) + 1
    state.set(KEY, done)
    if done % 100 == 1:
        log.info("working", done=done)
    return done


def main() -> None:
    """Work until the platform says stop. A piece that was begun is finished first."""
    while True:
        step()
        service.heartbeat()
        if service.wait(PAUSE):
            log.info("stopped", done=state.get(KEY))
            return


if __name__ == "__main__":
    main()
