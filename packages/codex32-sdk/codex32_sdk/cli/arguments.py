"""Options that several commands share, and how what was typed becomes data."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from codex32_sdk.cli.exits import BadInputError

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=200, help="At most so many.")]
BotName = Annotated[str, typer.Argument(metavar="BOT", help="Name or id of a bot.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="Id of a run.")]
Environment = Annotated[
    str | None, typer.Option("--env", "-e", help="Environment; prod if it is set, else dev.")
]
FilesOption = Annotated[
    list[str] | None, typer.Option("--file", metavar="NAME=PATH", help="A file to give; may be repeated.")
]


def parse_input(text: str | None) -> dict[str, Any]:
    """`--input`: JSON, `@FILE` with JSON, or `@-` for standard input. Raises BadInputError."""
    if text is None:
        return {}
    content = _read(text[1:]) if text.startswith("@") else text
    try:
        value: Any = _strict_json(content)
    except ValueError as error:
        raise BadInputError(
            f"--input is not JSON: {error}.", next_step='Write it as --input \'{"name": "value"}\'.'
        ) from error
    if not isinstance(value, dict):
        raise BadInputError(
            "--input must be a JSON object, one member for each parameter of main.",
            next_step='Write it as --input \'{"name": "value"}\'.',
        )
    return cast("dict[str, Any]", value)


def parse_files(pairs: Sequence[str] | None) -> dict[str, Path]:
    """`--file NAME=PATH`; a bare PATH is given under its own name. Raises BadInputError."""
    files: dict[str, Path] = {}
    for pair in pairs or ():
        name, separator, place = pair.partition("=")
        path = Path(place if separator else name)
        if not path.is_file():
            raise BadInputError(
                f"There is no file {path}.", next_step="Write it as --file NAME=PATH with a file that exists."
            )
        files[name if separator else path.name] = path
    return files


def parse_fields(extra: Sequence[str]) -> dict[str, str]:
    """`--sku A1 --limit=5 --verbose` as fields of the input, still text. Raises BadInputError."""
    fields: dict[str, str] = {}
    rest = list(extra)
    while rest:
        option = rest.pop(0)
        if not option.startswith("--") or option == "--":
            raise BadInputError(
                f"{option!r} is not an option.",
                next_step="Give input fields as --NAME VALUE, or use --input.",
            )
        name, separator, value = option[2:].partition("=")
        if not separator:
            value = rest.pop(0) if rest and not rest[0].startswith("--") else "true"
        fields[name.replace("-", "_")] = value
    return fields


def typed_fields(fields: Mapping[str, str], schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """Fields as the bot's input schema wants them: text stays text, everything else is read as JSON."""
    properties: Mapping[str, Any] = (schema or {}).get("properties") or {}
    return {name: _typed(text, properties.get(name)) for name, text in fields.items()}


def _typed(text: str, property_schema: Any) -> Any:
    if isinstance(property_schema, dict) and _takes_text(cast("dict[str, Any]", property_schema)):
        return text
    try:
        return _strict_json(text)
    except ValueError:
        return text


def _strict_json(text: str) -> Any:
    """What can also be sent: no NaN, no half of a surrogate pair, no depth that nobody reads. ValueError."""
    try:
        value: Any = json.loads(text)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it nests too deep") from None
    except UnicodeEncodeError:
        raise ValueError("it holds half of a surrogate pair") from None
    return value


def _takes_text(schema: Mapping[str, Any]) -> bool:
    kind: Any = schema.get("type")
    kinds = cast("list[Any]", kind) if isinstance(kind, list) else [kind]
    choices = cast("list[Mapping[str, Any]]", schema.get("anyOf") or ())
    literals = cast("list[Any]", schema.get("enum") or ())
    return (
        "string" in kinds
        or any(_takes_text(choice) for choice in choices)
        or any(isinstance(literal, str) for literal in literals)
    )


def _read(place: str) -> str:
    try:
        return sys.stdin.read() if place == "-" else Path(place).read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadInputError(
            f"{place} cannot be read: {reason}.", next_step="Name a readable file of JSON after the @."
        ) from error
