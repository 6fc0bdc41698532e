"""The JSON Schema of the manifest, as editors and the API show it. Made from the models in `schema`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from .quantities import DURATION_PATTERN, SIZE_PATTERN, format_duration, format_size
from .schema import Manifest

SCHEMA_ID: Final = "urn:codex32:manifest:1"


def manifest_schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12) of `[tool.codex32]`, as editors and the API show it."""
    schema = _published(Manifest.model_json_schema(mode="validation"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **schema,
        "title": "Codex-32 manifest, the [tool.codex32] table",
    }


def _published(node: Any) -> Any:
    """The model's schema as TOML sees it: no null, defaults in the spelling that people write."""
    if isinstance(node, list):
        return [_published(item) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    table = {key: _published(value) for key, value in cast("dict[str, Any]", node).items()}
    choices: list[dict[str, Any]] = table.pop("anyOf", [])
    if choices:
        # The only unions here are "this or absent".
        table = {**choices[0], **table}
    if isinstance(table.get("title"), str) and "description" in table:
        del table["title"]
    if "default" in table and table["default"] is None:
        del table["default"]
    elif "default" in table:
        spell = _SPELLED.get(table.get("pattern", ""), lambda value: value)
        table["default"] = spell(table["default"])
    return table


_SPELLED: Mapping[str, Callable[[Any], Any]] = {SIZE_PATTERN: format_size, DURATION_PATTERN: format_duration}
