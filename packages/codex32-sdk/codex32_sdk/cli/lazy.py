"""Commands that are imported when they are called. Until then a name, a sentence and a place to load from."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from typer.core import TyperCommand
from typer.main import get_command


class LazyCommand(TyperCommand):
    """Stands in the list of commands; `target` is `module:attribute`, where a Typer app is."""

    def __init__(self, name: str, target: str, help: str, panel: str) -> None:
        super().__init__(name, help=help, rich_help_panel=panel)
        self.target = target

    def load(self) -> Any:
        """The command itself."""
        command = get_command(load_attribute(self.target))
        command.name = self.name
        return command

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Where a call begins: from here on it is the real command's."""
        return self.load().make_context(info_name, args, parent=parent, **extra)


def load_attribute(target: str) -> Any:
    """The thing at `module:attribute`."""
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)
