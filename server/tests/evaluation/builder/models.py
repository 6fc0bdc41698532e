"""The language model of the evaluation: the same answer to the same text, by rules that a reader can check.

`answer` fills whatever JSON schema a bot asks for from what the rule makes of each text; so a bot may ask one
text at a time or many, under any names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Rule = Callable[[str], str]

_LABELS: Mapping[str, str] = {
    "love": "positive", "great": "positive", "broken": "negative", "terrible": "negative",
    "invoice": "billing", "factura": "billing", "crash": "bug", "error": "bug",
    "urgent": "urgent", "complaint": "complaint", "encanta": "positive", "roto": "negative",
}  # fmt: skip
_SAME: Mapping[str, Sequence[str]] = {
    "positive": ("positive", "positivo", "positiva"),
    "negative": ("negative", "negativo", "negativa"),
    "neutral": ("neutral", "other", "otro", "otros", "none"),
    "billing": ("billing", "facturación", "facturacion"),
    "bug": ("bug", "error", "fallo"),
}
_SPANISH = {"hello": "hola", "goodbye": "adiós", "thanks": "gracias"}


def classifier(text: str) -> str:
    """The label of the first telling word; `neutral` if there is none."""
    words = re.findall(r"[\wáéíóúñ]+", text.casefold())
    return next(
        (label for word in words for stem, label in _LABELS.items() if word.startswith(stem)), "neutral"
    )


def summary(text: str) -> str:
    """Says that it is one, and begins as the text does."""
    return f"SUMMARY: {' '.join(text.split())[:60]}"


def translation(text: str) -> str:
    """Word by word, as far as it knows any."""
    return " ".join(_SPANISH.get(word.casefold().strip(".,!"), word) for word in text.split())


def extractor(text: str) -> str:
    """The names in capitals and the numbers, as text."""
    return " ".join(re.findall(r"\b[A-Z]{2,}\b|\d+(?:\.\d+)?", text))


def answer(rule: Rule, messages: Sequence[Mapping[str, Any]], schema: Mapping[str, Any] | None) -> Any:
    """What the model says: a text, or a document that fits the schema."""
    asked = str(messages[-1].get("content", ""))
    texts = _texts(asked)
    if schema is None:
        return rule(texts[0] if len(texts) == 1 else asked)
    return _filled(schema, rule, texts, dict(schema))


def _texts(asked: str) -> list[str]:
    """The texts that the question is about: those of the JSON in it, else all of it."""
    for found in sorted(re.findall(r"[\[{].*[\]}]", asked, re.DOTALL), key=len, reverse=True):
        try:
            document = json.loads(found)
        except ValueError:
            continue
        return [_plain(item) for item in _items(document)]
    marked = re.findall(
        r"<(?:text|document|item|data)[^>]*>(.*?)</(?:text|document|item|data)>", asked, re.DOTALL
    )
    return [text.strip() for text in marked] or [asked]


def _items(document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    inner = [value for value in document.values() if isinstance(value, list)]
    return inner[0] if len(inner) == 1 else list(document.values())


def _plain(item: Any) -> str:
    if isinstance(item, Mapping):
        texts = [str(value) for value in item.values() if isinstance(value, str)]
        return max(texts, key=len, default=json.dumps(item))
    return str(item)


def _filled(schema: Mapping[str, Any], rule: Rule, texts: Sequence[str], root: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    if "enum" in schema:
        return _chosen(schema["enum"], rule(texts[0] if texts else ""))
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "array":
        inner = schema.get("items", {"type": "string"})
        return [_numbered(_filled(inner, rule, [text], root), at, inner) for at, text in enumerate(texts)]
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: _field(name, inner, rule, texts, root) for name, inner in fields.items()}
    if kind in ("integer", "number"):
        found = re.findall(r"\d+(?:\.\d+)?", rule(texts[0]) if texts else "")
        return float(found[0]) if kind == "number" and found else int(float(found[0])) if found else 0
    if kind == "boolean":
        return False
    return rule(texts[0] if texts else "")


def _field(
    name: str, inner: Mapping[str, Any], rule: Rule, texts: Sequence[str], root: Mapping[str, Any]
) -> Any:
    """A field of a document; what `extractor` finds is told apart by what it looks like."""
    if rule is extractor and inner.get("type") not in ("array", "object"):
        found = rule(texts[0] if texts else "").split()
        wants_number = inner.get("type") in ("number", "integer") or "amount" in name
        fitting = [one for one in found if one[0].isdigit() == wants_number]
        value = fitting[0] if fitting else ""
        return float(value) if inner.get("type") == "number" and value else value
    return _filled(inner, rule, texts, root)


def _numbered(value: Any, at: int, inner: Mapping[str, Any]) -> Any:
    """Items of a batch say which text they are about, if their schema has a number for it."""
    if isinstance(value, dict):
        for name in ("index", "number", "id", "n", "row", "item"):
            if name in inner.get("properties", {}) and inner["properties"][name].get("type") == "integer":
                return {**value, name: at}
    return value


def _chosen(labels: Sequence[Any], label: str) -> Any:
    near = dict.fromkeys((label, *_SAME.get(label, ())), label)
    for one in labels:
        if str(one).casefold() in near:
            return one
    return next((one for one in labels if str(one).casefold() in _SAME["neutral"]), labels[-1])
