"""What can go wrong before a bot runs. How a run itself ended is an `Outcome`, not an exception."""

from __future__ import annotations

from codex32_server.kit.errors import Codex32Error, InvalidInputError, UnavailableError


class SandboxUnavailableError(UnavailableError):
    """This machine cannot confine a bot, so no bot is run."""

    code = "sandbox_unavailable"
    title = "Bots cannot be isolated on this machine"
    next_step = "`codex32 doctor` lists each layer and how to repair it."


class EnvironmentFailedError(Codex32Error):
    """The dependencies of a bot could not be resolved or installed."""

    code = "environment_failed"
    status = 422
    title = "The dependencies could not be installed"
    next_step = "Correct `dependencies` in the header of the bot."


class EgressFailedError(UnavailableError):
    """The run cannot have the network that its manifest asks for."""

    code = "egress_failed"
    title = "The network of the run failed"
    next_step = "Run it again; the worker's log says why the egress proxy ended."


class UnsafeSourceError(InvalidInputError):
    """A file name of a bot or of an input file would leave its folder."""

    code = "unsafe_file_name"
    title = "A file name is not allowed"
    next_step = "Use relative names of letters, digits, `.`, `-` and `_`, with `/` between folders."
