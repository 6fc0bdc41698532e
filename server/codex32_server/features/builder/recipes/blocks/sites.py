"""Whether sites are up."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ..draft import Draft, Fact, literal
from ..model import Block, Phrases, Source
from ..parts.sites import SITE_COLUMNS
from ..parts.tables import Table
from ..places import host_of
from ..rights import Rights
from ..staging import answer_key

_SITE = "(site|website|web site|web page|page|server|service|url|api|endpoint|web app|host)"
_UP = "(up|online|reachable|available|alive|running|responding|working|healthy|accessible)"
_DOWN = (
    "(down|offline|unreachable|not reachable|unavailable|not available|not responding|dead|broken|failing)"
)


@dataclass(frozen=True)
class CheckSites(Source):
    """Asks sites, and tells when one stops answering well and when it is well again."""

    urls: tuple[str, ...]
    slow: float = 0.0
    """Seconds after which an answer is too slow; 0: any speed is right."""
    days: int = 14
    """How many days before the end of a certificate it is told."""
    told: bool = False
    """Whether it was said that an outage is to be told; it always is."""

    family = "check a site"
    flows = frozenset({"table"})
    title = "Check that a site is up"
    example = "every 5 minutes check that https://example.com is up and tell me on Slack when it is down"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(check|watch|monitor|verify|test|make sure|see|ping|ensure) (that|if|whether)? (the|our|my)? {_SITE}? {{urls}} (is|are|stays|stay) (still|always)? {_UP}",
            f"(check|watch|monitor|test|measure|track|report) (the)? (uptime|availability|status|health|response time|certificate|ssl certificate|tls certificate) (and (the)? (uptime|availability|status|health|response time|certificate|ssl certificate|tls certificate))? (of|for) (the|our|my)? {_SITE}? {{urls}}",
            "ping {urls}",
            ("(check|monitor|test|watch) (the|our|my|these)? (sites|websites|pages|servers|urls)? {urls}", {"several": True}),
            f"<tell> (when|if|whenever|as soon as) (the|our|my)? {_SITE}? {{urls}} (is|are|goes|go) {_DOWN}",
            f"(when|if|whenever|as soon as) (the|our|my)? {_SITE}? {{urls}} (is|are|goes|go) {_DOWN}",
        ),
        "es": (
            "(comprueba|vigila|verifica|asegurate de|mira) (que|si)? (el|la)? (sitio|web|pagina|servidor)? {urls} (esta|este|sigue|siga|funciona|funcione|responde|responda) (en linea|activo|activa|disponible|arriba|funcionando|online)?",
            "<tell> (cuando|si) (el|la)? (sitio|web|pagina|servidor)? {urls} (se caiga|este caido|este caida|no responda|no funcione|deje de funcionar|deje de responder)",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return None if slots.get("several") and len(slots["urls"]) < 2 else cls(slots["urls"])

    def say(self) -> str:
        slow = f", that takes more than {self.slow:g} s" if self.slow else ""
        return (
            f"It asks {', '.join(self.urls)} and tells of a site that does not answer{slow} or whose certificate "
            f"ends within {self.days} days: once, and again when it is fine."
        )

    def place(self) -> str:
        return urlsplit(self.urls[0]).hostname or ""

    def rights(self) -> Rights:
        return Rights(network=tuple(host_of(url) for url in self.urls), state=True)

    def base(self) -> Table | None:
        return Table(
            SITE_COLUMNS,
            [dict.fromkeys(SITE_COLUMNS, "") | {"url": url, "up": "yes", "status": 200} for url in self.urls],
        )

    def apply(self, draft: Draft) -> None:
        sites = draft.constant("SITES", " ".join(self.urls))
        slow = draft.parameter(
            "slow_after", "float", literal(self.slow), "seconds after which an answer is slow, 0 for never"
        )
        days = draft.parameter(
            "certificate_days", "int", str(self.days), "days before the end of a certificate that are told"
        )
        draft.call("table", "check_sites", f"{sites}.split()", slow, days)
        draft.line('news = news_of_sites(table, recall("sites"))')
        draft.last.append('keep("sites", problems_of_sites(table))')
        draft.opening.append('report["problems"] = problems_of_sites(table)')
        draft.opening.append('report["news"] = news')
        down = not draft.table.rows
        draft.measured = True
        draft.table = self.base() or draft.table
        for url in self.urls:
            draft.props.http[answer_key(url)] = _DOWN_ANSWER if down else "fine"
        if not down:
            draft.expected["problems"] = {}
            draft.expected["news"] = []
        draft.told.append(Fact("len(report['problems'])", "sites with problems"))
        draft.body.append('"\\n".join(news)')
        draft.gates.append("news")
        draft.alarm["sites"] = {self.urls[0]: "answered 500"}


_DOWN_ANSWER: dict[str, Any] = {}


@dataclass(frozen=True)
class SiteOption(Block):
    """What counts as a problem of a site; `options` puts it into the check."""

    field: str
    value: Any

    family = "what is wrong with a site"
    role = "source"
    flows = frozenset({"table", "text", "value", "message"})
    title = "Say which answers of a site are problems"
    example = "every hour check that https://example.com is up and tell me on Slack if it is down, slower than 2 seconds or the certificate expires in less than 30 days"
    phrases: ClassVar[Phrases] = {
        "en": (
            (f"<tell>? (and|or|,)? (when|if|whenever|as soon as|once)? (it|one|one of them|any|any of them|they|that|either) (is|are|goes|go) {_DOWN} (or (up|back) again)?", {"field": "told"}),
            ("<tell>? (and|or|,)? (when|if|it)? (it|is|responds|answers)? (is)? (slower than|takes (longer|more) than) {value:number} (seconds|second|s)?", {"field": "slow"}),
            ("<tell>? (and|or|,)? (when|if)? (it)? (takes|needs) (longer|more) than {value:number} (seconds|second|s)?", {"field": "slow"}),
            ("<tell>? (and|or|,)? (when|if)? (the|its)? (ssl|tls)? certificate (expires|ends|runs out) (in|within) (less than|under|fewer than)? {value:count} days", {"field": "days"}),
        ),
        "es": (
            ("<tell>? (y|o|,)? (cuando|si) (se caiga|se cae|no responda|este caido|este caida|no funcione|esta caido|no responde)", {"field": "told"}),
            ("<tell>? (y|o|,)? (cuando|si)? (tarda|tarde) mas de {value:number} segundos", {"field": "slow"}),
            ("<tell>? (y|o|,)? (cuando|si)? (el)? certificado (caduca|caduque|vence) en menos de {value:count} dias", {"field": "days"}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["field"], slots.get("value", True))

    def say(self) -> str:
        return ""
