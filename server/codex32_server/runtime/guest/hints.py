"""Pydantic models in the signature of `main`: found, described as JSON Schema, filled from plain JSON.

Nothing here imports pydantic: a bot whose signature has a model has imported it already.
"""

from __future__ import annotations

import sys
import typing
from typing import Any

from .failure import Failure


def of_models(function: Any) -> dict[str, Any]:
    """Parameter → annotation, for the annotations that mention a pydantic model."""
    pydantic = sys.modules.get("pydantic")
    if pydantic is None:
        return {}
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except NameError as error:
        raise Failure("bot_error", f"The annotations of `main` cannot be read: {error}.") from error
    hints.pop("return", None)
    return {name: hint for name, hint in hints.items() if _mentions(hint, pydantic.BaseModel)}


def adapter(annotation: Any) -> Any:
    """Pydantic's own reader for an annotation."""
    return sys.modules["pydantic"].TypeAdapter(annotation)


def _mentions(annotation: Any, model: type) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, model):
        return True
    return any(_mentions(argument, model) for argument in typing.get_args(annotation))
