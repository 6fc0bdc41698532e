"""Places of keys and values in TOML."""

import tomllib
from typing import Any

import pytest
from codex32_server.kit.manifest.locate import Path, locate
from hypothesis import given
from hypothesis import strategies as st

DOCUMENT = '''\
# comment with [brackets] = and "quotes"
requires-python = ">=3.11"
dependencies = [
  "httpx>=0.28", # one
  'rich',
]

[tool.codex32]
name = "a"
limits = { memory = "1GB", "cpu" = 2.0, nested.deep = [ [1, 2], { x = 1 } ] }
text = """
[not.a.table]
x = 1 \\""" still
"""
raw = \'\'\'a ''b\'\'\' # c
when = 1979-05-27 07:32:00

[[tool.codex32.triggers]]
schedule = "* * * * *"
[tool.codex32.triggers.input]
a = 1
[[tool.codex32.triggers]]
"sche\\u0064ule" = "1 * * * *"
'''


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        (("requires-python",), '">=3.11"'),
        (("dependencies",), "["),
        (("dependencies", 0), '"httpx'),
        (("dependencies", 1), "'rich'"),
        (("tool", "codex32", "name"), '"a"'),
        (("tool", "codex32", "limits", "memory"), '"1GB"'),
        (("tool", "codex32", "limits", "cpu"), "2.0"),
        (("tool", "codex32", "limits", "nested", "deep", 0, 1), "2]"),
        (("tool", "codex32", "limits", "nested", "deep", 1, "x"), "1 }"),
        (("tool", "codex32", "text"), '"""'),
        (("tool", "codex32", "raw"), "'''"),
        (("tool", "codex32", "when"), "1979"),
        (("tool", "codex32", "triggers", 0, "schedule"), '"* *'),
        (("tool", "codex32", "triggers", 0, "input", "a"), "1"),
        (("tool", "codex32", "triggers", 1, "schedule"), '"1 *'),
        (("tool", "codex32", "limits", "absent", "below"), "{ memory"),
    ],
)
def test_values_are_found(path: Path, begins: str) -> None:
    tomllib.loads(DOCUMENT)
    place = locate(DOCUMENT).value(path)
    assert place is not None
    line, column = place
    assert DOCUMENT.split("\n")[line - 1][column - 1 :].startswith(begins)


def test_keys_are_found() -> None:
    found = locate(DOCUMENT)
    assert found.key(("tool", "codex32", "limits", "cpu")) == (10, 28)
    assert found.key(("tool", "codex32")) == (8, 7)
    assert found.key(("nothing",)) is None


scalars = st.one_of(
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(alphabet="ab\"'\\#[]{},=.\n\té", max_size=8),
)
keys = st.text(alphabet='ab-_ ."#é', max_size=5)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def toml_texts(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    data = draw(st.dictionaries(keys, documents, max_size=4))
    return "".join(f"{spelled_key(key)} = {spelled(value, draw)}\n" for key, value in data.items()), data


def spelled_key(key: str) -> str:
    return key if key and key.replace("-", "").isascii() and key.replace("-", "").isalnum() else quoted(key)


def quoted(text: str) -> str:
    for plain, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, escape)
    return f'"{text}"'


def spelled(value: Any, draw: st.DrawFn) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str() if "'" not in value and draw(st.booleans()):
            return f"'''{value}'''"
        case str():
            return quoted(value)
        case list():
            gap = draw(st.sampled_from([" ", "\n", " # [c\n"]))
            return "[" + gap + ",".join(spelled(item, draw) for item in value) + gap + "]"
        case dict():
            pairs = [f"{spelled_key(key)}= {spelled(item, draw)}" for key, item in value.items()]
            return "{ " + " , ".join(pairs) + " }"
        case _:
            return repr(value)


def leaves(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, item in items for leaf in leaves(item, (*path, key))]
    return [(path, value)]


@given(toml_texts())
def test_what_stands_at_a_place_is_the_value(drawn: tuple[str, dict[str, Any]]) -> None:
    text, data = drawn
    if tomllib.loads(text) != data:
        return  # a literal text that begins with a line break loses it
    found = locate(text)
    rows = text.split("\n")
    for path, value in leaves(data):
        place = found.values[path]
        rest = "\n".join(rows[place[0] - 1 :])[place[1] - 1 :]
        begins = (
            ('"', "'")
            if isinstance(value, str)
            else (str(value).lower() if isinstance(value, bool) else repr(value))
        )
        assert rest.startswith(begins)
        key = next((part for part in reversed(path) if isinstance(part, str)), None)
        assert key is not None


@given(st.text(alphabet="[]{}=\"'#.,a1 \n\\", max_size=60))
def test_any_document_is_walked_to_its_end(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = locate(text)
    assert {path[0] for path in found.keys} == set(data)


def test_deep_nesting_gives_what_was_found() -> None:
    text = "a = 1\nb = " + "[" * 5000 + "]" * 5000
    assert locate(text).value(("a",)) == (1, 5)
