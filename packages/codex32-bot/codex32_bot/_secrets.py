"""Values that the manifest names and nobody wrote into the source.

    from codex32_bot import secrets

    token = secrets["API_TOKEN"]             # or secrets("API_TOKEN") or secrets.get("API_TOKEN")
    proxy = secrets.get("PROXY_LOGIN", "")   # without an error if it is not there

A secret that the manifest injects is a placeholder here; send it where its value belongs, and it is replaced
on the wire. On a laptop a secret is the environment variable of its name.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any, TypeVar, overload

    T = TypeVar("T")
else:

    def overload(function):
        return function


_NO_DEFAULT = object()


class SecretNotAvailableError(LookupError):
    """The bot asked for a secret that it does not have; the text says what would give it one."""


class Secrets:
    """The secrets of the present run by name. Nothing can be listed or changed."""

    __slots__ = ()

    @overload
    def get(self, name: str) -> str: ...
    @overload
    def get(self, name: str, default: T) -> str | T: ...  # noqa: F811
    def get(self, name: str, default: Any = _NO_DEFAULT) -> Any:  # noqa: F811 - ruff knows only typing's own
        """The value; `default` instead of an error if one is given. Raises SecretNotAvailableError."""
        from ._current import platform  # noqa: PLC0415 - the package must not import its platform with itself

        value = platform().secret(name)
        if value is not None:
            return value
        if default is _NO_DEFAULT:
            raise SecretNotAvailableError(f"There is no secret {name}: {platform().secret_hint(name)}.")
        return default

    def __call__(self, name: str) -> str:
        """The value. Raises SecretNotAvailableError."""
        return self.get(name)

    def __getitem__(self, name: str) -> str:
        """The value. Raises SecretNotAvailableError."""
        return self.get(name)

    def __contains__(self, name: str) -> bool:
        return self.get(name, None) is not None

    def __repr__(self) -> str:
        return "<secrets of the present run>"


secrets = Secrets()
