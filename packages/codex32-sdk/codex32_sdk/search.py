"""The search over everything, and bots like another: their calls and models."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from pydantic import Field

from codex32_sdk.calls import Call
from codex32_sdk.models import Bot, Model


class FoundHit(Model):
    """One thing that was found; `link` is where the API shows it."""

    kind: str
    title: str
    snippet: str = ""
    link: str = ""
    score: float = 0.0


class Found(Model):
    """What was found, best first."""

    query: str = ""
    hits: list[FoundHit] = Field(default_factory=list[FoundHit])


class SimilarBot(Model):
    """A bot that is like another."""

    bot: Bot
    score: float = 0.0


class Similar(Model):
    """Bots that are like another, most alike first; `by` is what was compared."""

    by: str = "words"
    items: list[SimilarBot] = Field(default_factory=list[SimilarBot])


class Guide(Model):
    """A page of the product's own documentation, in Markdown."""

    name: str
    title: str = ""
    content: str = ""


def search(query: str, *, kinds: Sequence[str] = (), top: int = 20) -> Call[Found]:
    """Bots, documents, guides, recipes and runs at once; `kinds` keeps it to some of them."""
    params = {"q": query, "top": str(top)} | ({"kind": ",".join(kinds)} if kinds else {})
    return Call("GET", "/search", Found.model_validate, params=params)


def similar_bots(bot: str, *, top: int = 10) -> Call[Similar]:
    """The bots that are most like this one."""
    path = f"/bots/{quote(bot, safe='')}/similar"
    return Call("GET", path, Similar.model_validate, params={"top": str(top)})


def get_guide(name: str) -> Call[Guide]:
    """A page of the product's own documentation."""
    return Call("GET", f"/guides/{quote(name, safe='')}", Guide.model_validate)
