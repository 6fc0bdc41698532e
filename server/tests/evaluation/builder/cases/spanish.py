"""Requests in Spanish, and a few in other languages, which recipes may refuse."""
# ruff: noqa: E501 - a request is read best on one line

from __future__ import annotations

from evaluation.builder.case import Case, Given, table
from evaluation.builder.cases.web import SLACK, feed
from evaluation.builder.models import classifier, summary
from evaluation.builder.seen import Seen

_CONTACTS = table(
    "nombre,email,ciudad",
    "Ana,ana@x.example,Madrid",
    "Luis,,Lugo",
    "Ana B,ANA@x.example,Madrid",
    "Eva,eva@x.example,Lima",
)
_VENTAS = table("pais,producto,importe", "España,pan,100", "Francia,queso,250", "España,vino,50")
_OK = {"https://hooks.slack.com/*": "ok", "https://api.telegram.org/*": {"ok": True, "result": {}}}


def _cleaned(seen: Seen) -> None:
    seen.rows(["nombre", "email"], [["Ana", "ana@x.example"], ["Eva", "eva@x.example"]])
    seen.counts(1)


def _per_country(seen: Seen) -> None:
    seen.rows(["group", "importe"], [["España", 150], ["Francia", 250]], any_order=True)


def _big(seen: Seen) -> None:
    seen.rows(["importe"], [[100], [250]])


def _slack(seen: Seen) -> None:
    seen.posted(SLACK, "400")


def _mail(seen: Seen) -> None:
    seen.mailed("jefe@empresa.example", "400")


def _telegram(seen: Seen) -> None:
    seen.posted("https://api.telegram.org/bot", "400")


def _news(first: Seen, second: Seen) -> None:
    first.posted(SLACK, "Una")
    second.posted(SLACK, "Dos")


def _below(first: Seen, second: Seen) -> None:
    first.silent()
    second.posted(SLACK, "9")


def _down(first: Seen, second: Seen) -> None:
    first.silent()
    second.posted(SLACK, "tienda.example")


def _reminder(seen: Seen) -> None:
    seen.says("regar las plantas")


def _summary(seen: Seen) -> None:
    seen.says("SUMMARY")


def _moods(seen: Seen) -> None:
    found = [
        [str(row.get("id")), " ".join(map(str, row.values())).casefold()]
        for rows in seen.tables()
        for row in rows
        if "id" in row
    ]
    assert any(one == "1" and "positiv" in told for one, told in found), seen.output
    assert any(one == "2" and "negativ" in told for one, told in found), seen.output


def _webhook(seen: Seen) -> None:
    seen.posted(SLACK, "Ana")


def _top(seen: Seen) -> None:
    seen.rows(["producto"], [["queso"], ["pan"]])


def _json(seen: Seen) -> None:
    assert any(name.endswith(".json") for name in seen.files), list(seen.files)


def _sorted(seen: Seen) -> None:
    seen.rows(["importe"], [[250], [100], [50]])


def _api(seen: Seen) -> None:
    seen.rows(["nombre"], [["Ana"]])


def _revenue(seen: Seen) -> None:
    seen.rows(["total"], [[20], [15]])


def _chart(seen: Seen) -> None:
    assert any(name.endswith((".svg", ".png")) for name in seen.files), list(seen.files)


_V = {"ventas.csv": _VENTAS}

CASES = [
    Case(
        "es-clean",
        "cada día laborable a las 9 limpia el CSV de contactos: elimina las filas sin email, deduplica por email e informa de cuántas se han eliminado",
        _cleaned,
        [Given({"contactos.csv": _CONTACTS})],
        language="es",
        cron="0 9 * * 1-5",
    ),
    Case(
        "es-per-country", "suma el importe por pais en ventas.csv", _per_country, [Given(_V)], language="es"
    ),
    Case(
        "es-filter",
        "quédate solo con las filas donde importe es al menos 100 en ventas.csv",
        _big,
        [Given(_V)],
        language="es",
    ),
    Case(
        "es-slack",
        "suma el importe de ventas.csv y publícalo en Slack",
        _slack,
        [Given(_V, http=_OK)],
        language="es",
        hosts=["hooks.slack.com"],
    ),
    Case(
        "es-mail",
        "cada viernes a las 17:00 suma el importe de ventas.csv y envíalo por correo a jefe@empresa.example",
        _mail,
        [Given(_V)],
        language="es",
        hosts=["*"],
        cron="0 17 * * 5",
        level="medium",
    ),
    Case(
        "es-telegram",
        "suma el importe de ventas.csv y mándalo por Telegram",
        _telegram,
        [Given(_V, http=_OK)],
        language="es",
        hosts=["api.telegram.org"],
    ),
    Case(
        "es-feed",
        "cada hora lee el feed RSS https://noticias.example/rss y publica las novedades en Slack",
        _news,
        [
            Given(http={"https://noticias.example/rss": feed(("Una", "https://noticias.example/1")), **_OK}),
            Given(
                http={
                    "https://noticias.example/rss": feed(
                        ("Dos", "https://noticias.example/2"), ("Una", "https://noticias.example/1")
                    ),
                    **_OK,
                }
            ),
        ],
        language="es",
        hosts=["noticias.example", "hooks.slack.com"],
        cron="0 * * * *",
        level="medium",
    ),
    Case(
        "es-price",
        "cada 15 minutos comprueba el precio en https://api.tienda.example/producto/7 y avísame por Slack cuando baje de 10",
        _below,
        [
            Given(http={"https://api.tienda.example/producto/7": {"precio": 12}, **_OK}),
            Given(http={"https://api.tienda.example/producto/7": {"precio": 9}, **_OK}),
        ],
        language="es",
        hosts=["api.tienda.example", "hooks.slack.com"],
        cron="*/15 * * * *",
        level="medium",
    ),
    Case(
        "es-uptime",
        "cada 5 minutos comprueba si https://tienda.example funciona y avísame por Slack si está caída",
        _down,
        [
            Given(http={"https://tienda.example": "ok", "https://tienda.example/*": "ok", **_OK}),
            Given(http={"https://tienda.example": "@500", "https://tienda.example/*": "@500", **_OK}),
        ],
        language="es",
        hosts=["tienda.example", "hooks.slack.com"],
        cron="*/5 * * * *",
        level="medium",
    ),
    Case(
        "es-reminder",
        "recuérdame regar las plantas cada viernes a las 18:00",
        _reminder,
        language="es",
        cron="0 18 * * 5",
    ),
    Case(
        "es-summary",
        "cada mañana a las 8 resume notas.txt",
        _summary,
        [Given({"notas.txt": "Una reunión larga."}, model=summary)],
        language="es",
        cron="0 8 * * *",
        level="medium",
    ),
    Case(
        "es-sentiment",
        "analiza el sentimiento de la columna comentario de comentarios.csv",
        _moods,
        [Given({"comentarios.csv": table("id,comentario", "1,me encanta", "2,está roto")}, model=classifier)],
        language="es",
        level="medium",
    ),
    Case(
        "es-webhook",
        "cuando llegue un webhook con nombre y email, publícalo en Slack",
        _webhook,
        [Given(payload={"nombre": "Ana", "email": "ana@x.example"}, http=_OK)],
        language="es",
        hosts=["hooks.slack.com"],
        level="medium",
    ),
    Case("es-top", "muestra las 2 filas con mayor importe de ventas.csv", _top, [Given(_V)], language="es"),
    Case(
        "es-json",
        "convierte contactos.csv a JSON",
        _json,
        [Given({"contactos.csv": _CONTACTS})],
        language="es",
    ),
    Case("es-sort", "ordena ventas.csv por importe de mayor a menor", _sorted, [Given(_V)], language="es"),
    Case(
        "es-api",
        "descarga https://api.crm.example/clientes y guarda las filas como clientes.csv",
        _api,
        [Given(http={"https://api.crm.example/clientes": [{"nombre": "Ana"}]})],
        language="es",
        hosts=["api.crm.example"],
    ),
    Case(
        "es-computed",
        "añade una columna total = precio * cantidad a pedidos.csv",
        _revenue,
        [Given({"pedidos.csv": table("precio,cantidad", "10,2", "5,3")})],
        language="es",
        level="medium",
    ),
    Case(
        "es-chart",
        "dibuja un gráfico de barras del importe por pais de ventas.csv",
        _chart,
        [Given(_V)],
        language="es",
        level="medium",
    ),
    Case(
        "fr-sum",
        "additionne le montant par pays dans ventes.csv",
        _per_country,
        [Given({"ventes.csv": _VENTAS.replace("importe", "montant").replace("pais", "pays")})],
        language="fr",
        only_models=True,
        level="medium",
    ),
    Case(
        "de-clean",
        "entferne aus kontakte.csv alle Zeilen ohne E-Mail",
        _cleaned,
        [Given({"kontakte.csv": _CONTACTS})],
        language="de",
        only_models=True,
        level="medium",
    ),
]
