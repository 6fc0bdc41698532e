"""Secrets are taken out of text in every spelling, and nothing else is."""

from __future__ import annotations

import base64
import html
import json
import re
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from codex32_server.kit.redaction import NOTHING, Redactor
from hypothesis import given
from hypothesis import strategies as st

VALUE = "sk_live/42+x=é&\"q'\\ü"
MARK = "[secret KEY]"
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "json": json.dumps,
    "json, not escaped": lambda value: json.dumps(value, ensure_ascii=False),
    "json, slashes escaped": lambda value: json.dumps(value).replace("/", "\\/"),
    "json in json": lambda value: json.dumps(json.dumps({"a": value})),
    "repr of json": lambda value: repr(json.dumps([value], ensure_ascii=False)),
    "repr": repr,
    "repr of bytes": lambda value: repr(value.encode()),
    "url": lambda value: quote(value, safe=""),
    "url, slashes kept": quote,
    "form": quote_plus,
    "url, lower case": lambda value: re.sub("%..", lambda hit: hit[0].lower(), quote(value, safe="")),
    "html": html.escape,
    "hexadecimal": lambda value: value.encode().hex(),
    "HEXADECIMAL": lambda value: value.encode().hex().upper(),
}
values = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=6, max_size=60)
around = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_each_spelling_is_named(spell: Callable[[str], str]) -> None:
    clean = Redactor({"KEY": VALUE}).text(f"before {spell(VALUE)} after")
    assert MARK in clean
    assert clean.startswith("before ")
    assert clean.endswith(" after")
    assert "42" not in clean


@given(value=values, before=around, after=around, spell=st.sampled_from(sorted(SPELLINGS)))
def test_no_spelling_is_left(value: str, before: str, after: str, spell: str) -> None:
    told = SPELLINGS[spell](value)
    clean = Redactor({"KEY": value}).text(f"{before} {told} {after}")
    assert MARK in clean
    if value not in MARK and value not in f"{before} {after}":
        assert value not in clean


@given(
    value=values,
    before=st.binary(max_size=20),
    after=st.binary(max_size=20),
    encode=st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]),
)
def test_base64_at_every_offset_and_alphabet(
    value: str, before: bytes, after: bytes, encode: Callable[[bytes], bytes]
) -> None:
    raw = value.encode()
    told = encode(before + raw + after).decode()
    clean = Redactor({"KEY": value}).text(told)
    assert MARK in clean
    left, _, right = clean.partition(MARK)
    # What is left holds not one bit more than what stood around the value.
    assert len(left) * 6 <= len(before) * 8
    assert len(right.rstrip("=")) * 6 <= len(after) * 8 + 5


@given(text=st.text(max_size=300))
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert Redactor({"KEY": "\N{SNOWMAN}" * 9}).text(text.replace("\N{SNOWMAN}", "")) == text.replace(
        "\N{SNOWMAN}", ""
    )


def test_the_longer_of_two_goes_first() -> None:
    redactor = Redactor({"SHORT": "abcdef", "LONG": "abcdefghij"})
    assert redactor.text("abcdefghij abcdef") == "[secret LONG] [secret SHORT]"


def test_a_false_beginning_hides_nothing() -> None:
    assert Redactor({"KEY": "aaaaaab"}).text("aaaaaaaab") == "aa[secret KEY]"


def test_short_values_only_as_whole_words() -> None:
    redactor = Redactor({"PIN": "1234", "KEY": "longer-one"})
    assert redactor.text("pin 1234, not 12345 or x1234") == "pin [secret PIN], not 12345 or x1234"
    assert redactor.document(b'{"n":1234}') == b'{"n":1234}'


@pytest.mark.parametrize("value", ["", "   ", "\n"])
def test_nothing_is_not_a_secret(value: str) -> None:
    redactor = Redactor({"KEY": value})
    assert not redactor
    assert redactor.text("a  b\n c") == "a  b\n c"


def test_a_line_break_at_the_end_is_no_part_of_it() -> None:
    assert Redactor({"KEY": "s3cr3t-value\n"}).text("got s3cr3t-value!") == "got [secret KEY]!"


def test_a_key_of_several_lines_goes_line_by_line() -> None:
    lines = [base64.b64encode(bytes([number]) * 48).decode() for number in range(4)]
    pem = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""])
    redactor = Redactor({"PEM": pem})
    assert [redactor.text(line) for line in lines] == ["[secret PEM]"] * 4
    assert redactor.text(f"cannot use {pem.strip()} here") == "cannot use [secret PEM] here"


@pytest.mark.parametrize("width", [20, 57, 76])
def test_what_is_wrapped_over_lines_goes(width: int) -> None:
    value = "".join(f"{number:04x}" for number in range(1000, 1100))
    redactor = Redactor({"KEY": value})
    for told in (value, "see: " + base64.b64encode(b"user:" + value.encode()).decode()):
        lines = [told[at : at + width] for at in range(0, len(told), width)]
        clean = "\n".join(redactor.text(f"  {line}") for line in lines)
        assert clean.count(MARK) >= len(lines) - 2
        secret_part = told.removeprefix("see: dXNlcjo")
        parts = {secret_part[at : at + 12] for at in range(len(secret_part) - 12)}
        assert not [part for part in parts if part in clean]


@given(cut=st.integers(1, 400))
def test_a_line_that_is_cut_shows_no_half_of_a_value(cut: int) -> None:
    value = "0123456789abcdefghijABCDEFGHIJ"
    redactor = Redactor({"KEY": value})
    text = f"{'.' * 90}{value}{'.' * 90}{base64.b64encode(value.encode()).decode()}{'.' * 90}"
    clean = redactor.text(text[: cut + redactor.overlap], cut)
    assert set(clean.replace(MARK, "")) <= {".", "="}


@pytest.mark.parametrize("edge", range(4, 20))
def test_what_was_cut_before_loses_what_is_left_of_a_value(edge: int) -> None:
    value = "0123456789abcdefghij"
    redactor = Redactor({"KEY": value})
    assert redactor.torn(f"{value[edge:]} then") in (
        f"{MARK} then",
        f"{value[edge:]} then"[: 20 - edge] + " then",
    )
    assert redactor.torn(f"then {value[:edge]}") == f"then {MARK}"


def test_documents_stay_json() -> None:
    redactor = Redactor({"KEY": VALUE, "NUMBER": "1234567", "STRUCTURE": '"a": 1, "b"'})
    document = {"a": 1, "b": [VALUE, {VALUE: f"x{VALUE}y"}], "n": 1234567, "f": 1.5, "t": True, "z": None}
    clean = json.loads(redactor.document(json.dumps(document).encode()))
    assert clean == {
        "a": 1, "b": [MARK, {MARK: f"x{MARK}y"}], "n": "[secret NUMBER]", "f": 1.5, "t": True, "z": None,
    }  # fmt: skip


def test_unusual_escapes_in_a_document_hide_nothing() -> None:
    escaped = "".join(f"\\u{ord(character):04x}" for character in VALUE)
    assert Redactor({"KEY": VALUE}).document(f'["{escaped}"]'.encode()) == f'["{MARK}"]'.encode()


def test_a_document_without_secrets_is_not_touched() -> None:
    document = b'{ "spaces" : "stay", "u": "\\u00e9" }'
    assert Redactor({"KEY": VALUE}).document(document) is document
    assert NOTHING.document(b"not even json") == b"not even json"
    assert NOTHING.text("x" * 10, 3) == "xxx"


def test_sixty_four_secrets_at_once() -> None:
    secrets = {f"KEY_{number}": f"value-{number:03}-{number * 7919:08x}" for number in range(64)}
    redactor = Redactor(secrets)
    assert redactor.text(" ".join(secrets.values())) == " ".join(f"[secret {name}]" for name in secrets)


@pytest.mark.parametrize(
    "values",
    [
        ["a" * 12 + "b"],
        ["a" * 32_000 + "b" + "a" * 32_000],
        ["a" * (6 + number) for number in range(64)],
        ["a" * (1000 + number) + "b" for number in range(64)],
    ],
    ids=["short", "long", "many short", "many long"],
)
def test_nobody_can_make_it_take_long(values: list[str]) -> None:
    """A line of 16 KiB that almost matches everywhere: seconds where the search is quadratic."""
    redactor = Redactor({f"KEY_{number}": value for number, value in enumerate(values)})
    line = "a" * 16_384
    began = time.process_time()
    for text in (line, line + "b", line.replace("aaaaaaaa", "aaaaaaab")):
        redactor.text(text)
        redactor.torn(text)
    assert time.process_time() - began < 6


def test_values_that_overlap_go_together() -> None:
    redactor = Redactor({"ONE": "abcdefXYZ123", "TWO": "XYZ123uvwxyz"})
    assert redactor.text("see abcdefXYZ123uvwxyz.") == "see [secret ONE]."
