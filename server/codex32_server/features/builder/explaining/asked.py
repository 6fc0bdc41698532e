"""Whether words said to the builder about a bot ask for an explanation instead of a change. No model is asked.

A question is told from a wish by its whole form: “explain the failures in the mail” is a wish. So every pattern
holds from the first word to the last, and what may follow a question is a time.
"""
# ruff: noqa: E501 - a pattern is read best on one line

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

About = Literal["bot", "failure"]
"""What it does; or why its newest run that failed did so."""
Language = Literal["en", "es"]

_POLITE = {
    "en": r"(?:please |hey |hi |and |but |so |ok |then |i want to know |i would like to know |(?:can|could|would) you (?:please )?(?:tell me |explain (?:to me )?)?|tell me |explain (?:to me )?|do you know )*",
    "es": r"(?:por favor |oye |hola |y |pero |entonces |quiero saber |(?:me )?puedes (?:decir(?:me)? |explicar(?:me)? )?|dime |explica(?:me)? |sabes )*",
}
_IT = {
    "en": r"(?:it|this|that|this one|(?:the|this|my|our) (?:bot|run|job|one)|(?:the |its )?(?:last|latest|newest|previous|most recent|nightly) (?:run|one|execution)|last night s run|yesterday s run|today s run)",
    "es": r"(?:(?:el|este|mi|nuestro) bot|esto|eso|la (?:ultima )?ejecucion|(?:la|el) ultim[ao](?: (?:vez|ejecucion))?|la ejecucion de (?:anoche|ayer|hoy))",
}
_WHEN = {
    "en": r"(?: (?:last night|last time|the last time|tonight|today|yesterday|this (?:morning|week|afternoon|evening|time)|last (?:week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|(?:on )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|(?:at|around) \d{1,2}(?: \d\d)?(?: ?[ap]m)?|again|just now|now|in the night|during the night|so often|all the time|please|then))*",
    "es": r"(?: (?:anoche|ayer|hoy|esta (?:manana|tarde|noche|semana|vez)|la ultima vez|por la noche|de nuevo|otra vez|ahora|siempre|el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)|a las \d{1,2}(?: \d\d)?|la semana pasada|por favor))*",
}
_FAILS = {
    "en": r"(?:fail(?:ed|ing|s)?|break|broke(?:n)?|crash(?:ed|ing|es)?|stop(?:ped|ping)?(?: working)?|die(?:d)?|error(?: out)?|go(?:ne)? wrong|not (?:run|work|finish|succeed|running|working|finishing)|time(?:d)? out|timing out)",
    "es": r"(?:(?:se )?(?:fallo|falla|fallado|fallando|rompio|roto|cayo|caido|paro|parado|detuvo|detenido|bloqueo)|(?:dio|da|dado) (?:un )?error|salio mal|no (?:se )?(?:funciono|funciona|ejecuto|ejecuta|corrio|termino|termina|fue))",
}
_FAILURE = {
    "en": (
        rf"(?:why|how come|how) (?:did|does|has|have|is|was|do|didn t|doesn t|isn t|wasn t|hasn t) {_IT['en']} (?:keep |always |just |been |have |not )?{_FAILS['en']}",
        rf"why (?:didn t|doesn t|isn t|wasn t|hasn t) {_IT['en']} (?:run|work|finish|succeed|running|working|finished|worked)",
        rf"why {_IT['en']} (?:has |is |was |did |does |keeps )?(?:always |just |been )?{_FAILS['en']}",
        r"what (?:went|is|was|s|has gone) (?:wrong|broken|the (?:error|problem|failure|matter|reason))(?: with (?:it|this|the bot|this bot|the last run))?",
        r"what (?:happened|broke|failed)(?: (?:to|with) (?:it|this|the bot|this bot|the last run))?",
        r"(?:what was |what is )?(?:the )?(?:reason|cause) (?:for|of) (?:the|its|this|that|last night s) (?:last )?(?:failure|error|crash)",
        r"(?:the|its|this|that|last night s) (?:last |latest )?(?:failure|error|crash|failed run)",
        r"(?:explain|show|describe) (?:me )?(?:the|its|this|that|last night s) (?:last |latest )?(?:failure|error|crash|failed run)",
    ),
    "es": (
        rf"por que (?:ha |esta |sigue )?(?:{_IT['es']} )?(?:ha |esta )?{_FAILS['es']}(?: {_IT['es']})?",
        r"que (?:fallo|paso|ha pasado|ocurrio|sucedio|salio mal|ha fallado|va mal|fue mal)(?: (?:con|en) (?:el|este) bot| con (?:esto|eso)| en la ultima ejecucion)?",
        r"(?:cual (?:es|fue) |a que se debe |a que se debio )(?:la causa del? |el motivo del? |la razon del? )?(?:el |la |l )?(?:ultimo )?(?:fallo|error|problema)",
        r"(?:explica(?:me)? |describe )?(?:el|este|ese|su) (?:ultimo )?(?:fallo|error)(?: de (?:anoche|ayer|hoy))?",
    ),
}
_BOT = {
    "en": (
        r"(?:explain|describe)(?: to me)?(?: (?:it|this|this one|(?:the|this|my|our) bot))?(?: to me)?(?: in (?:plain|simple) words)?",
        r"what (?:does|do|is) (?:it|this|(?:the|this|my|our) bot)(?: (?:do|doing|for|about))?(?: exactly)?",
        r"what (?:it|this|(?:the|this|my|our) bot) (?:does|is for|is doing)",
        r"how (?:does|do) (?:it|this|(?:the|this|my|our) bot) work",
        r"how (?:it|this|(?:the|this|my|our) bot) works",
        r"(?:it|this|(?:the|this|my|our) bot)(?: to me)?",
    ),
    "es": (
        r"(?:explica(?:me)?|describe(?:me)?)(?: (?:esto|(?:el|este|mi) bot))?(?: con palabras (?:sencillas|simples))?",
        r"(?:que|lo que) (?:hace|es)(?: (?:esto|(?:el|este|mi) bot))?(?: exactamente)?",
        r"para que (?:sirve|es)(?: (?:esto|(?:el|este|mi) bot))?",
        r"como funciona(?: (?:esto|(?:el|este|mi) bot))?",
        r"(?:el|este|mi) bot",
    ),
}
_SAYS_EXPLAIN = re.compile(r"explain|explica|tell me|dime|describe")
_BARE = re.compile(r"(?:(?:it|this)|(?:the|this|my|our|el|este|mi) bot|(?:the|its|el|su) .*)")
"""These ask only with a word such as “explain” before them."""


def _compiled(forms: Mapping[str, tuple[str, ...]]) -> list[tuple[Language, re.Pattern[str]]]:
    languages: tuple[Language, ...] = ("en", "es")
    return [
        (language, re.compile(f"(?P<polite>{_POLITE[language]})(?P<asks>{form}){_WHEN[language]}"))
        for language in languages
        for form in forms[language]
    ]


_FORMS: list[tuple[About, Language, re.Pattern[str]]] = [
    *(("failure", *one) for one in _compiled(_FAILURE)),
    *(("bot", *one) for one in _compiled(_BOT)),
]
_LONGEST = 200


def question_in(text: str) -> tuple[About, Language] | None:
    """What is asked, and in which language; None for a wish."""
    said = _plain(text)
    if not said or len(said) > _LONGEST:
        return None
    for about, language, form in _FORMS:
        found = form.fullmatch(said)
        if found and (_SAYS_EXPLAIN.search(found["polite"]) or not _BARE.fullmatch(found["asks"])):
            return about, language
    return None


def _plain(text: str) -> str:
    """Small letters without accents, words with one space between them."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(one for one in flat if not unicodedata.combining(one))))
