"""Spanish words of the steps on rows: operators, units, currencies, separators, forms of dates, patterns."""

from __future__ import annotations

from collections.abc import Mapping

_VERBS = (
    "comprime", "empaqueta", "redondea", "divide", "separa", "dibuja", "numera", "mapea", "marca", "detecta",
    "multiplica", "resta", "clasifica", "traduce", "resume", "responde", "redacta",
)  # fmt: skip

TABLES: Mapping[str, Mapping[str, str]] = {
    "group_names": {"archivo": "file", "fichero": "file"},
    "group_links": dict.fromkeys(("por", "cada"), ""),
    "verbs": dict.fromkeys(_VERBS, ""),
    "objects": dict.fromkeys(("todo", "cada", "todos", "todas", "filas", "resultado"), ""),
    "dimensions": dict.fromkeys(("mes", "dia", "semana", "ano"), ""),
    "nameable": dict.fromkeys(
        ("total", "media", "promedio", "mediana", "minimo", "maximo", "suma", "numero"), ""
    ),
    "operators": {
        "por": "*",
        "multiplicado por": "*",
        "x": "*",
        "mas": "+",
        "menos": "-",
        "dividido entre": "/",
        "dividido por": "/",
        "entre": "/",
    },
    "separators": {
        "(espacio|espacios)": " ",
        "(coma|comas)": ",",
        "(punto y coma)": ";",
        "(dos puntos)": ":",
        "(guion|guiones)": "-",
        "(barra|barras)": "/",
        "(guion bajo)": "_",
        "(barra vertical)": "|",
        "(punto|puntos)": ".",
        "(tabulador|tabuladores)": "\t",
        "(salto de linea|saltos de linea)": "\n",
        "(arroba|@)": "@",
    },
    "becomes": {"a": "", "por": "", "con": "", "como": ""},
    "date_forms": {
        "(iso|iso 8601|formato iso)": "%Y-%m-%d",
        "(europeo|formato europeo)": "%d/%m/%Y",
        "(americano|formato americano)": "%m/%d/%Y",
        "(aleman|formato aleman)": "%d.%m.%Y",
    },
    "date_parts": {
        "(ano|anos)": "year",
        "(mes|meses)": "month",
        "(dia de la semana)": "weekday",
        "(dia)": "day",
    },
    "kinds": {
        "(email|emails|correos|correos electronicos|direcciones de correo|direcciones de email)": "emails",
        "(dominio|dominios)": "domains",
        "(telefonos|numeros de telefono|telefono)": "phones",
        "(url|urls|enlaces|enlace|direcciones web)": "links",
        "(numeros|cifras)": "numbers",
        "(fechas)": "dates",
        "(hashtags|etiquetas)": "hashtags",
    },
    "units": {
        "(km|kilometros|kilometro)": "km",
        "(m|metros|metro)": "m",
        "(cm|centimetros)": "cm",
        "(mm|milimetros)": "mm",
        "(milla|millas)": "miles",
        "(yarda|yardas)": "yards",
        "(pie|pies)": "feet",
        "(pulgada|pulgadas)": "inches",
        "(kg|kilo|kilos|kilogramos|kilogramo)": "kg",
        "(g|gramo|gramos)": "g",
        "(tonelada|toneladas)": "tonnes",
        "(libra|libras|lb)": "lb",
        "(onza|onzas|oz)": "oz",
        "(l|litro|litros)": "litres",
        "(ml|mililitros)": "ml",
        "(galon|galones)": "US gallons",
        "(km / h|kmh|kilometros por hora)": "km/h",
        "(mph|millas por hora)": "mph",
        "(m / s|metros por segundo)": "m/s",
        "(segundo|segundos)": "seconds",
        "(minuto|minutos)": "minutes",
        "(hora|horas)": "hours",
        "(dia|dias)": "days",
        "(° c|celsius|centigrados|grados celsius|grados centigrados|c)": "°C",
        "(° f|fahrenheit|grados fahrenheit|f)": "°F",
        "(kelvin|k)": "K",
    },
    "currencies": {
        "(euro|euros|eur|€)": "EUR",
        "(dolar|dolares|usd|$)": "USD",
        "(libras esterlinas|gbp|£)": "GBP",
        "(yen|yenes|jpy)": "JPY",
        "(francos suizos|chf)": "CHF",
        "(pesos mexicanos|mxn)": "MXN",
    },
}
