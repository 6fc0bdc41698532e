"""How a setting is declared: a field with its variable and one sentence that says what it does.

That sentence is what `codex32 config` and the reference page show.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

PREFIX = "CODEX32_"
Source = Literal["default", "environment", "file", "option"]


class Variable(NamedTuple):
    """How a setting is given. Secrets are also read from the file that `<name>_FILE` names."""

    name: str
    secret: bool = False
    alias: str | None = None
    """A usual name without our prefix, used if ours is not set."""


def setting(
    suffix: str,
    default: object,
    meaning: str,
    *,
    secret: bool = False,
    alias: str | None = None,
    **limits: Any,
) -> Any:
    """A field with its variable; `limits` are pydantic's (ge, le, min_length, …)."""
    variable = Variable(PREFIX + suffix, secret, alias)
    return Field(default, description=meaning, json_schema_extra={"variable": list(variable)}, **limits)


class Group(BaseModel):
    """Settings of one area."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)
    title: ClassVar[str]
