"""What servers send, as tables, values and text."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from codex32_bot import log

from .fetching import fetch, fetch_json, pick_value
from .reading import parse_csv
from .tables import Row, Table, number_of, tidy_number

MOST_PAGES = 50


def fetch_table(url: str, headers: dict[str, str] | None = None, path: str = "") -> Table:
    """The rows of the JSON or CSV at the address, told apart by what comes."""
    answer = fetch(url, headers)
    content = answer.text
    if not content.strip():
        return Table([], [])
    is_json = content.lstrip()[0] in "[{"
    table = rows_of(json.loads(content), path) if is_json else parse_csv(content)
    log.info(f"fetched {len(table.rows)} rows", columns=table.columns)
    return table


def fetch_pages(url: str, headers: dict[str, str] | None = None, path: str = "") -> Table:
    """The rows of all pages: the server names the next one in its `Link` header, or in a field `next`."""
    pages: list[Row] = []
    following, count = url, 0
    while following and count < MOST_PAGES:
        answer = fetch(following, headers)
        document = json.loads(answer.text)
        pages += rows_of(document, path).rows
        following, count = next_page(document, answer.headers.get("link", "")), count + 1
    if following:
        log.warning(f"there are more than {MOST_PAGES} pages; the rest is left out")
    columns = list(dict.fromkeys(name for row in pages for name in row))
    log.info(f"fetched {len(pages)} rows from {count} pages", columns=columns)
    return Table(columns, [{name: row.get(name) for name in columns} for row in pages])


def next_page(document: Any, link: str) -> str:
    """The address of the next page; empty after the last one."""
    linked = re.search(r'<([^>]+)>;[^,]*rel="?next"?', link)
    if linked:
        return linked[1]
    if not isinstance(document, dict):
        return ""
    named = cast("dict[str, Any]", document)
    found = next(
        (named[name] for name in ("next", "next_url", "next_page_url", "nextLink") if name in named), ""
    )
    return found if isinstance(found, str) and found.startswith("http") else ""


def rows_of(document: Any, path: str = "") -> Table:
    """A list of objects as rows, also when it sits alone in an object; an object alone is one row. What is
    inside of an object gets its name in front: `user.login`.
    """
    found: Any = pick_value(document, path) if path else document
    if isinstance(found, dict):
        named = cast("dict[str, Any]", found)
        lists = [value for value in named.values() if is_list_of_rows(value)]
        found = lists[0] if len(lists) == 1 else [named]
    items: list[Any] = cast("list[Any]", found) if isinstance(found, list) else [found]
    rows = [flat_row(item) for item in items]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return Table(columns, [{name: row.get(name) for name in columns} for row in rows])


def is_list_of_rows(value: Any) -> bool:
    """A list of objects; an empty list may become one."""
    return isinstance(value, list) and all(isinstance(item, dict) for item in cast("list[Any]", value))


def flat_row(item: Any, before: str = "") -> Row:
    """An object without anything inside of it; a list of plain values is one text."""
    if not isinstance(item, dict):
        return {"value": item}
    row: Row = {}
    for name, value in cast("dict[str, Any]", item).items():
        if isinstance(value, dict):
            row |= flat_row(value, f"{before}{name}.")
        elif isinstance(value, list):
            row[f"{before}{name}"] = ", ".join(name_of(inner) for inner in cast("list[Any]", value))
        else:
            row[f"{before}{name}"] = value
    return row


def name_of(item: Any) -> str:
    """An object of a list by its name, anything else as text."""
    if not isinstance(item, dict):
        return str(item)
    named = cast("dict[str, Any]", item)
    return str(next((named[key] for key in ("name", "title", "id") if key in named), named))


def fetch_number(url: str, path: str, headers: dict[str, str] | None = None) -> float:
    """One number of the JSON document at the address. Raises ValueError if it is none."""
    found = pick_value(fetch_json(url, headers), path)
    number = number_of(found)
    if number is None:
        raise ValueError(f"The {path} is no number but {found!r}.")
    return tidy_number(number)


def fetch_word(url: str, path: str, headers: dict[str, str] | None = None) -> str:
    """One value of the JSON document at the address, as text."""
    found = pick_value(fetch_json(url, headers), path)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, sort_keys=True)
