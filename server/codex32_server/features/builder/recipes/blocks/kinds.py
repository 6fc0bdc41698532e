"""What a column of some name probably holds, for samples and for telling rows from what stands in them."""
# ruff: noqa: E501 - lists of words are read best on one line

from __future__ import annotations

from typing import Any

from ..draft import slug


def sample_kind(column: str) -> Any:
    """What values a column of that name probably has."""
    plain = slug(column)
    for kind, hints in _HINTS.items():
        if any(hint in plain for hint in hints):
            return kind
    return "text"


def is_prose(column: str) -> bool:
    """Whether a column of that name probably holds sentences."""
    return bool(set(slug(column).split("_")) & _PROSE)


_PROSE = frozenset(
    [
        "note",
        "notes",
        "description",
        "descriptions",
        "message",
        "messages",
        "comment",
        "comments",
        "text",
        "texts",
        "review",
        "reviews",
        "feedback",
        "body",
        "notas",
        "nota",
        "descripcion",
        "mensaje",
        "mensajes",
        "comentario",
        "comentarios",
        "texto",
    ]
)
MARKS = frozenset(("name", "names", "id", "ids", "sku", "skus", "code", "codes", "title", "titles", "address", "addresses", "nombres", "codigos", "titulos"))  # fmt: skip
"""Things that are written in a column, and are no rows."""
_HINTS = {
    "email": ("mail", "correo"),
    "phone": ("phone", "mobile", "telefono", "movil"),
    "web": ("url", "website"),
    "date": ("date", "fecha", "birthday", "created", "updated"),
    "number": (
        "amount", "price", "total", "quantity", "qty", "cost", "score", "age", "salary", "revenue", "sales", "weight", "stock",
        "importe", "precio", "cantidad", "coste", "edad", "balance", "spend", "units", "number", "value",
    ),
    "group": ("country", "region", "category", "status", "type", "city", "department", "pais", "categoria", "ciudad", "estado"),
}  # fmt: skip
