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


class DependencyNotFoundError(EnvironmentFailedError):
    """A package, or the version asked for, does not exist, was yanked, or is too new."""

    code = "dependency_not_found"
    title = "A dependency does not exist"
    next_step = "Check name and version."


class DependencyTooNewError(EnvironmentFailedError):
    """Every version that would do was published only a few days ago."""

    code = "dependency_too_new"
    title = "A dependency is too new"
    next_step = (
        "Ask for an older version, wait some days, or let an administrator set "
        "CODEX32_DEPENDENCIES_EXCLUDE_NEWER_DAYS."
    )


class DependencyWithoutWheelError(EnvironmentFailedError):
    """A package is published as source only, which would have to be executed to be installed."""

    code = "dependency_without_wheel"
    title = "A dependency has no wheel for this machine"
    next_step = (
        "Choose a version or another package that is published as a wheel; an administrator may consent to "
        "sources with CODEX32_DEPENDENCIES_ALLOW_SDIST."
    )


class DependencyChangedError(EnvironmentFailedError):
    """What was downloaded is not what the lock names."""

    code = "dependency_changed"
    title = "A package is not the one in the lock"
    next_step = "Deploy the bot again to make a new lock; if it stays, ask who changed the package."


class DependencyRefusedError(EnvironmentFailedError):
    """A package brings files that would run at every start, or that stand in the platform's place."""

    code = "dependency_refused"
    title = "A dependency may not be installed"
    next_step = "Choose another package: what runs code at every start is not accepted."


class DependencyTooLargeError(EnvironmentFailedError):
    """The dependencies need more space than one environment may have."""

    code = "dependency_too_large"
    title = "The dependencies are too large"
    next_step = "Depend on less, or let an administrator set CODEX32_DEPENDENCIES_MAX_MIB."


class IndexUnavailableError(EnvironmentFailedError):
    """The package index does not answer as it should. Says nothing about the bot."""

    code = "package_index_unavailable"
    status = 503
    title = "The package index cannot be reached"
    next_step = "Check the network, or set UV_DEFAULT_INDEX where the worker is started."


class DependencyCacheError(EnvironmentFailedError):
    """The folder of dependency environments cannot be written, or its disk is full. Not the bot's fault."""

    code = "dependency_cache_unusable"
    status = 503
    title = "The dependency cache cannot be used"
    next_step = "Make room or correct the folder's owner and mode; it is used again by itself after that."


class DependencyCacheFullError(DependencyCacheError):
    """There is no room left for dependency environments."""


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
