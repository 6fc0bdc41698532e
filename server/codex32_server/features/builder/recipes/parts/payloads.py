"""What came with a webhook, as rows, values and text."""

from __future__ import annotations

import json
from typing import Any

from .fetched import rows_of
from .fetching import pick_value
from .tables import Table, number_of


def payload_table(body: Any) -> Table:
    """The payload as rows: a list of objects, or one object. Raises ValueError for anything else."""
    if isinstance(body, list) or (isinstance(body, dict) and body):
        return rows_of(body)
    raise ValueError("The webhook brought no JSON object and no list of them.")


def payload_number(body: Any, name: str) -> float:
    """One number of the payload. Raises ValueError that names what there is."""
    found = pick_value(body, name)
    number = number_of(found)
    if number is None:
        raise ValueError(f"The {name} is no number but {found!r}.")
    return number


def payload_word(body: Any, name: str) -> str:
    """One value of the payload, as text."""
    found = pick_value(body, name)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def payload_text(body: Any) -> str:
    """The payload as text: as it came, or the field `text`, `message` or `body`, or all of it."""
    if isinstance(body, str):
        return body
    for name in ("text", "message", "content", "body"):
        if isinstance(body, dict) and isinstance(body.get(name), str):  # pyright: ignore[reportUnknownMemberType]
            return str(body[name])  # pyright: ignore[reportUnknownArgumentType]
    return "" if body is None else json.dumps(body, ensure_ascii=False, indent=1)
