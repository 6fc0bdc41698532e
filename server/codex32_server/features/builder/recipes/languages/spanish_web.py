"""Spanish for the world outside: fetching, sending, channels."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

_VERBS = (
    "envia",
    "manda",
    "publica",
    "comparte",
    "escribe",
    "pon",
    "avisa",
    "notifica",
    "reenvia",
    "informa",
    "comunica",
    "remite",
    "pasa",
)
_ALSO = ("enviar", "mandar", "publicar", "compartir", "enviando", "publicando", "mandando")


def _sending() -> list[str]:
    """Verbs with what may hang on them: `enviamelo`, `publicalas`."""
    things = ("", "lo", "la", "los", "las")
    whom = ("", "me", "nos", "le", "les")
    ends = [f"{one}{thing}" for one in whom for thing in things] + [f"se{thing}" for thing in things[1:]]
    return [f"{verb}{end}" for verb in (*_VERBS, *_ALSO) for end in ends if (verb, end) != ("pasa", "")]


CLASSES = {
    "fetch": "obten|obtener|lee|leer|descarga|descargar|consulta|consultar|llama a|llamar a|pide|pedir|toma|coge|trae|baja|abre|visita|comprueba|revisa|usa|carga",
    "web": "(api|endpoint|servicio|url|direccion|json|csv) (rest|json|publica|web)?",
    "send": "|".join(_sending()),
}

_BY = "(por|en|a|al|via|mediante|con|usando)"

TABLES = {
    "channels": {
        f"{_BY} (el|la|mi|nuestro|un)? (canal|grupo|chat)? (de)? slack {{room}}?": "slack",
        f"{_BY} (el|la|mi|nuestro|un)? canal {{room}} de slack": "slack",
        f"{_BY} (el|la|mi|nuestro|un)? (canal|grupo|chat)? (de)? telegram {{room}}?": "telegram",
        f"{_BY} (el|la|mi|nuestro|un)? (canal|grupo|servidor)? (de)? discord {{room}}?": "discord",
        f"{_BY} (el|la|mi|nuestro|un)? (canal|grupo)? (de)? (microsoft)? teams {{room}}?": "teams",
        "(por|a|al|via|mediante) (el|mi|un)? (email|e-mail|correo electronico|correo|mail) (a {addresses})?": "email",
        "(a|para|en) {addresses} (por (email|e-mail|correo electronico|correo|mail))?": "email",
    },
    "notes": {
        "(un)? (email|e-mail|correo electronico|correo|mail) (a {addresses})?": "email",
        "(un|una)? (mensaje|aviso|alerta|notificacion) {channel}": "",
    },
    "mailed": {"(a)? {addresses}": "email"},
    "payloads": {
        "(lo|la|los|las|esto|todo|(el|los)? (resultado|resultados|datos|contenido))": "all",
        "(el|un)? (informe|resumen|recuento|reporte|total)": "summary",
        "<changes_made>": "changes",
        "(sus|todos sus) (campos|datos|valores)": "all",
        "(los|todos los) campos": "all",
        "(estas|esas|estos|esos) (filas|registros|lineas|elementos)": "rows",
        "(las|los|la|todas las|todos los)? (filas|lista|tabla|lineas|registros|elementos) (restantes)?": "rows",
        "(los|las|el|la|todos los|todas las) {things}": "all",
        "(un|una|el|la)? (mensaje|aviso|alerta|notificacion)": "all",
    },
}
