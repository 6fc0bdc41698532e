"""The typed error for what uv said, and what to do about it. Pure."""

from __future__ import annotations

import re

from codex32_server.runtime.errors import (
    DependencyCacheError,
    DependencyCacheFullError,
    DependencyChangedError,
    DependencyNotFoundError,
    DependencyTooLargeError,
    DependencyTooNewError,
    DependencyWithoutWheelError,
    EnvironmentFailedError,
    IndexUnavailableError,
)

_UNDATED = re.compile(r"warning: `([^`]+)` is missing an upload date")
_FILE_NAME = re.compile(r"(?P<name>.+?)-[0-9][^-]*(-.*)?(\.whl|\.tar\.gz|\.zip)$")
_INDEX_FAULTS = (
    "failed to fetch",
    "error sending request",
    "dns error",
    "connect error",
    "timed out",
    "request or response body error",
    "tls",
    "certificate",
    "received some unexpected",
    "failed to download",
)
_FULL = ("no space left on device", "quota exceeded")
_UNWRITABLE = ("read-only file system", "permission denied")
_LONGEST = 700


def undated(errors: str) -> set[str]:
    """Packages of which the index does not tell when they were uploaded."""
    found: set[str] = set()
    for file in _UNDATED.findall(errors):
        named = _FILE_NAME.match(file)
        if named:
            found.add(re.sub(r"[-_.]+", "-", named["name"]).lower())
    return found


def explain(errors: str) -> EnvironmentFailedError:
    """The sentence for what uv printed before it failed."""
    lines = [line for line in errors.splitlines() if not line.startswith(("warning:", "Resolved", "Using "))]
    words = " ".join(" ".join(lines).split())
    cause = words.partition("cause: ")[2].partition(" hint: ")[0] or words
    cause = cause.replace(", we can conclude that your requirements are unsatisfiable", "")[-_LONGEST:]
    lower = words.lower()
    if any(fault in lower for fault in _FULL):
        return DependencyCacheFullError(f"The disk of the dependency cache is full: {cause}")
    if "file too large" in lower:
        return DependencyTooLargeError(f"A file of the dependencies is too large: {cause}")
    if any(fault in lower for fault in _UNWRITABLE):
        return DependencyCacheError(f"The dependency cache cannot be written: {cause}")
    if "was yanked" in lower or "were yanked" in lower:
        return DependencyNotFoundError(
            f"A dependency was withdrawn by its maker: {cause}",
            next_step="Ask for another version; bots that are installed with this one go on running.",
        )
    if "credentials are valid" in lower or "authentication credentials" in lower:
        hint = words.partition(" hint: ")[2] or cause
        return IndexUnavailableError(
            f"The package index refuses us: {hint[-_LONGEST:]}",
            next_step="Put valid credentials into the index settings of the worker (UV_DEFAULT_INDEX).",
        )
    if "filtered by `exclude-newer`" in lower:
        hint = words.partition(" hint: ")[2].partition(" Consider ")[0] or cause
        return DependencyTooNewError(f"A dependency is too new: {hint[-_LONGEST:]}")
    if "not found in the package registry" in lower or "there is no version of" in lower:
        return DependencyNotFoundError(f"A dependency does not exist: {cause}")
    if "no usable wheels" in lower or "no wheels" in lower or "building from source is disabled" in lower:
        return DependencyWithoutWheelError(f"A dependency has no wheel for this machine: {cause}")
    if "hash mismatch" in lower or "no matching hash" in lower:
        return DependencyChangedError(f"A downloaded package is not the one in the lock: {cause}")
    if any(fault in lower for fault in _INDEX_FAULTS):
        return IndexUnavailableError(f"The package index cannot be reached: {cause}")
    return EnvironmentFailedError(f"The dependencies do not fit together: {cause}")
