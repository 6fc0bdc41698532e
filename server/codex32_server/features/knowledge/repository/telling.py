"""Which words of a question tell what is looked for, where nobody said in which language it is asked.

“of” and “the” are in most texts, and a text that has them is no answer. Which words are such depends on the
language: “war” is one in German. So the language is that of which a question has the most, two at least.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from codex32_server.kit.words import spaced
from codex32_server.storage.session import Tx

ANY_LANGUAGE = "simple"
_LANGUAGES = (
    *("danish", "dutch", "english", "finnish", "french", "german", "hungarian", "italian", "norwegian"),
    *("portuguese", "russian", "spanish", "swedish", "turkish"),
)
"""Those of which PostgreSQL has such words."""
_TELLING = text(
    """
    with words as (
      select word from unnest(tsvector_to_array(to_tsvector('simple', :query))) word),
    others as (
      select array_agg(word) as found from unnest(cast(:languages as text[])) language, words
       where ts_lexize((language || '_stem')::regdictionary, word) = '{}'
       group by language having count(*) > 1 order by count(*) desc, language limit 1)
    select coalesce(
      (select array_agg(word) from words where word <> all ((select found from others)::text[])),
      (select array_agg(word) from words))
    """
)


async def telling(tx: Tx, query: str) -> Sequence[str]:
    """The lexemes of `simple` that are looked for; all of them if there would be none."""
    return await tx.scalar(_TELLING, {"query": spaced(query), "languages": list(_LANGUAGES)}) or []
