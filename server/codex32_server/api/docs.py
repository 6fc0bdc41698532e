"""/api/docs: the reference as one page of HTML, made from the OpenAPI document. No script, no CDN."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from html import escape
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from codex32_server.api.middleware import PAGE_POLICY

Document = Callable[[], dict[str, Any]]
Endpoint = Callable[[Request], Awaitable[Response]]
PAGE_URL = "/api/docs"
STYLE_URL = "/api/docs.css"
_METHODS = ("get", "post", "put", "patch", "delete")
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #1d2430; }
@media (prefers-color-scheme: dark) { body { background: #14181f; color: #dde3ec; } }
h2 { margin-top: 2.5rem; text-transform: capitalize; }
details { border: 1px solid #8884; border-radius: 6px; margin: .4rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; font-family: ui-monospace, monospace; }
summary b { display: inline-block; min-width: 4.5rem; text-transform: uppercase; }
summary span { font-family: system-ui, sans-serif; opacity: .75; margin-left: .6rem; }
pre { overflow: auto; background: #8881; padding: .6rem; border-radius: 4px; font-size: .85rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .15rem .6rem .15rem 0; }
nav a { margin-right: .8rem; }
"""


def docs_routes(document: Document) -> Mapping[str, Endpoint]:
    """Path → endpoint of the page and its style sheet."""

    async def page(_request: Request) -> Response:
        headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
        return HTMLResponse(render(document()), headers=headers)

    async def style(_request: Request) -> Response:
        return Response(_STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    return {PAGE_URL: page, STYLE_URL: style}


def render(document: Mapping[str, Any]) -> str:
    """The whole page."""
    tags = _by_tag(document)
    schemas: Mapping[str, Any] = document.get("components", {}).get("schemas", {})
    info = document["info"]
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(info['title'])} API</title>",
        f'<link rel="stylesheet" href="{STYLE_URL}"></head><body>',
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>",
        _paragraphs(info.get("description", "")),
        '<p>The same as a document: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p><nav>',
        *(f'<a href="#{escape(tag)}">{escape(tag)}</a>' for tag in tags),
        '<a href="#schemas">schemas</a></nav>',
    ]
    for tag, operations in tags.items():
        parts.append(f'<h2 id="{escape(tag)}">{escape(tag)}</h2>')
        parts += [_operation(*operation) for operation in operations]
    parts.append('<h2 id="schemas">Schemas</h2>')
    parts += [_schema(name, schema) for name, schema in sorted(schemas.items())]
    return "".join([*parts, "</body></html>"])


def _by_tag(document: Mapping[str, Any]) -> dict[str, list[tuple[str, str, Mapping[str, Any]]]]:
    tags: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                tags.setdefault((operation.get("tags") or ["other"])[0], []).append((method, path, operation))
    return tags


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    name = escape(operation.get("operationId", ""))
    return "".join(
        [
            f'<details id="{name}"><summary><b>{method}</b>{escape(path)}',
            f"<span>{escape(operation.get('summary', ''))}</span></summary>",
            _paragraphs(operation.get("description", "")),
            _parameters(operation.get("parameters", [])),
            *_body(operation.get("requestBody")),
            _responses(operation.get("responses", {})),
            "</details>",
        ]
    )


def _parameters(parameters: list[Mapping[str, Any]]) -> str:
    if not parameters:
        return ""
    rows = [
        f"<tr><td><code>{escape(item['name'])}</code></td><td>{escape(item['in'])}"
        f"{', required' if item.get('required') else ''}</td>"
        f"<td>{_type(item.get('schema', {}))}</td><td>{escape(item.get('description', ''))}</td></tr>"
        for item in parameters
    ]
    return f"<h4>Parameters</h4><table>{''.join(rows)}</table>"


def _body(body: Mapping[str, Any] | None) -> Iterator[str]:
    if body is None:
        return
    yield "<h4>Body</h4>"
    for media_type, content in body.get("content", {}).items():
        yield f"<p><code>{escape(media_type)}</code> {_type(content.get('schema', {}))}</p>"


def _responses(responses: Mapping[str, Any]) -> str:
    rows: list[str] = []
    for status, response in responses.items():
        contents: Mapping[str, Any] = response.get("content", {})
        kinds = ", ".join(_type(content["schema"]) for content in contents.values() if "schema" in content)
        codes = [code for content in contents.values() for code in content.get("examples", {}) if content]
        shown = ", ".join(f"<code>{escape(code)}</code>" for code in codes)
        rows.append(
            f"<tr><td>{escape(status)}</td><td>{escape(response.get('description', ''))}</td>"
            f"<td>{kinds}</td><td>{shown}</td></tr>"
        )
    return f"<h4>Answers</h4><table>{''.join(rows)}</table>"


def _schema(name: str, schema: Any) -> str:
    text = orjson.dumps(schema, option=orjson.OPT_INDENT_2).decode()
    return (
        f'<details id="schema-{escape(name)}"><summary>{escape(name)}</summary>'
        f"<pre>{escape(text)}</pre></details>"
    )


def _type(schema: Mapping[str, Any]) -> str:
    """A schema in a few words, with links to named ones."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " or ".join(_type(choice) for choice in schema[key])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if "enum" in schema:
        return escape(" | ".join(str(value) for value in schema["enum"]))
    return escape(f"{kind} ({schema['format']})" if "format" in schema else kind)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())
