"""Input schemas from signatures, without importing anything."""

import json
import sys
import time
import types
from contextlib import suppress
from typing import Any

import jsonschema
import pytest
from codex32_server.kit.manifest.errors import BotFileError, MainMissingError, SignatureError, SourceError
from codex32_server.kit.manifest.signature import read_signature, refine
from hypothesis import example, given
from hypothesis import strategies as st

IMPORTS = """\
from __future__ import annotations
import datetime, enum, typing as t, uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from collections.abc import Sequence, Callable
from typing import Annotated, Any, Literal, NotRequired, Optional, TypedDict, Union
import annotated_types as at
import pydantic
from pydantic import BaseModel, ConfigDict, Field
import numpy
LEAST = 3
Alias = list[int]
class Color(enum.Enum):
    RED = "red"
    BLUE = 2
class Mode(enum.StrEnum):
    FAST = enum.auto()
"""
INTEGER, STRING, NULL = {"type": "integer"}, {"type": "string"}, {"type": "null"}


def schema_of(parameter: str) -> Any:
    signature = read_signature(f"{IMPORTS}def main({parameter}): ...\n")
    jsonschema.Draft202012Validator.check_schema(signature.input_schema)
    return signature.input_schema["properties"]["x"]


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("str", STRING),
        ("int", INTEGER),
        ("float", {"type": "number"}),
        ("bool", {"type": "boolean"}),
        ("None", NULL),
        ("Any", {}),
        ("object", {}),
        ("'int'", INTEGER),
        ("int | None", {"anyOf": [INTEGER, NULL]}),
        ("Optional[int]", {"anyOf": [INTEGER, NULL]}),
        ("t.Optional['int']", {"anyOf": [INTEGER, NULL]}),
        ("Union[int, str, int]", {"anyOf": [INTEGER, STRING]}),
        ("int | str | None", {"anyOf": [INTEGER, STRING, NULL]}),
        ("int | Any", {}),
        ("Literal['a', 1, None, True, -2]", {"enum": ["a", 1, None, True, -2]}),
        ("list", {"type": "array"}),
        ("list[int]", {"type": "array", "items": INTEGER}),
        ("t.List[int]", {"type": "array", "items": INTEGER}),
        ("Sequence[int]", {"type": "array", "items": INTEGER}),
        ("set[int]", {"type": "array", "items": INTEGER}),
        ("Alias", {"type": "array", "items": INTEGER}),
        ("tuple[int, ...]", {"type": "array", "items": INTEGER}),
        ("tuple[int, str]",
         {"type": "array", "prefixItems": [INTEGER, STRING], "minItems": 2, "maxItems": 2}),
        ("tuple[()]", {"type": "array", "minItems": 0, "maxItems": 0}),
        ("dict", {"type": "object"}),
        ("dict[str, list[int]]",
         {"type": "object", "additionalProperties": {"type": "array", "items": INTEGER}}),
        ("datetime.datetime", {"type": "string", "format": "date-time"}),
        ("date", {"type": "string", "format": "date"}),
        ("datetime.time", {"type": "string", "format": "time"}),
        ("uuid.UUID", {"type": "string", "format": "uuid"}),
        ("Decimal", {"anyOf": [{"type": "number"}, STRING]}),
        ("Path", {"type": "string", "format": "path"}),
        ("Annotated[int, Field(ge=1, lt=LEAST, description='N')]",
         {"type": "integer", "minimum": 1, "exclusiveMaximum": 3, "description": "N"}),
        ("Annotated[int, at.Ge(1), at.Le(5)]", {"type": "integer", "minimum": 1, "maximum": 5}),
        ("Annotated[str, Field(min_length=1, pattern='a+')]",
         {"type": "string", "minLength": 1, "x-pattern": "a+"}),
        ("Annotated[list[str], Field(max_length=2)]", {"type": "array", "items": STRING, "maxItems": 2}),
        ("Annotated[list[int] | None, at.MinLen(1)]",
         {"anyOf": [{"type": "array", "items": INTEGER}, NULL], "minItems": 1}),
        ("Annotated[str, 'A text']", {"type": "string", "description": "A text"}),
        ("Color", {"$ref": "#/$defs/Color"}),
        ("pydantic.PositiveInt", {"type": "integer", "exclusiveMinimum": 0}),
    ],
)  # fmt: skip
def test_annotations(annotation: str, schema: dict[str, Any]) -> None:
    assert schema_of(f"x: {annotation}") == schema


@pytest.mark.parametrize(
    "annotation", ["numpy.ndarray", "Unknown", "list[numpy.int64]", "1 + 1", "t.TypeVar", "f()"]
)
def test_what_only_an_import_knows_is_allowed_and_told(annotation: str) -> None:
    signature = read_signature(f"{IMPORTS}def main(x: {annotation}, y: int): ...\n")
    assert signature.needs_import
    assert signature.input_schema["properties"]["x"] in ({}, {"type": "array", "items": {}})
    assert signature.input_schema["properties"]["y"] == INTEGER


@pytest.mark.parametrize(
    ("default", "told"),
    [
        ("int = 3", {"type": "integer", "default": 3}),
        ("int = -3", {"type": "integer", "default": -3}),
        ("int = LEAST", {"type": "integer", "default": 3}),
        ("int = None", {"anyOf": [INTEGER, NULL], "default": None}),
        ("str = f()", STRING),
        ("tuple[int, ...] = (1, 2)", {"type": "array", "items": INTEGER, "default": [1, 2]}),
        ("float = float('nan')", {"type": "number"}),
        ("float = 1e999", {"type": "number"}),
        ("str = '\\x00'", STRING),
        ("str = '\\ud800'", STRING),
        ("bytes_or_not = 5", None),
        ("Color = Color.BLUE", {"$ref": "#/$defs/Color", "default": 2}),
        ("Mode = Mode.FAST", {"$ref": "#/$defs/Mode", "default": "fast"}),
        ("set[int] = {1}", {"type": "array", "items": INTEGER}),
    ],
)
def test_defaults(default: str, told: dict[str, Any] | None) -> None:
    signature = read_signature(f"{IMPORTS}def main(x: {default}): ...\n")
    assert "required" not in signature.input_schema
    assert told is None or signature.input_schema["properties"]["x"] == told


def test_kinds_of_parameters() -> None:
    schema = read_signature("def main(a, b=1, *, c, d='x', **rest: int): ...").input_schema
    assert schema["properties"] == {"a": {}, "b": {"default": 1}, "c": {}, "d": {"default": "x"}}
    assert schema["required"] == ["a", "c"]
    assert schema["additionalProperties"] == INTEGER
    assert read_signature("def main(**rest): ...").input_schema["additionalProperties"] is True
    assert read_signature("def main(): ...").input_schema["additionalProperties"] is False


def test_the_docstring_describes() -> None:
    signature = read_signature(
        'async def main(a: int, b: str = ""):\n    """Do it.\n\n    More.\n\n    Args:\n        a: The\n'
        "            number.\n        b (str): A text: any.\n        c: nothing\n\n"
        '    Returns:\n        a: not this\n    """\n'
    )
    properties = signature.input_schema["properties"]
    assert (properties["a"]["description"], properties["b"]["description"]) == ("The number.", "A text: any.")
    assert (signature.description, signature.is_async) == ("Do it.\n\nMore.", True)


def test_the_last_main_counts_and_conditions_are_looked_into() -> None:
    source = "def main(a): ...\ntry:\n  import x\nexcept ImportError:\n  def main(b): ...\n"
    assert list(read_signature(source).input_schema["properties"]) == ["b"]


@pytest.mark.parametrize("source", ["from lib import main", "main = partial(f, 1)", "import main"])
def test_main_from_elsewhere_needs_an_import(source: str) -> None:
    signature = read_signature(source)
    assert (signature.needs_import, signature.input_schema["type"]) == (True, "object")


@pytest.mark.parametrize("source", ["", "x = 1", "class main: ...", "def f():\n  def main(): ..."])
def test_no_main(source: str) -> None:
    with pytest.raises(MainMissingError):
        read_signature(source)


@pytest.mark.parametrize(
    ("parameters", "says", "column"),
    [
        ("a, /", "positional-only", 10),
        ("*a", "take a list", 11),
        ("é, b: bytes", "bytes cannot come from JSON", 16),
        ("a: Callable[[int], str]", "Callable", 13),
        ("a: dict[bytes, int]", "bytes", 18),
        ("a: dict[tuple[int], int]", "keys of a JSON object", 18),
        ("a: 'not a type'", "is not a type", 13),
        ("a: Plain", "dataclass, a TypedDict or a pydantic model", 1),
    ],
)
def test_signatures_that_json_cannot_fill(parameters: str, says: str, column: int) -> None:
    source = f"from typing import Callable\nclass Plain:\n    x = 1\ndef main({parameters}): ...\n"
    with pytest.raises(SignatureError) as caught:
        read_signature(source)
    assert says in caught.value.fields[0].detail
    assert caught.value.fields[0].column == column


def test_a_generator_is_refused() -> None:
    with pytest.raises(SignatureError, match="yields"):
        read_signature("def main():\n    if 1:\n        yield 1\n")
    assert read_signature("def main():\n    def inner():\n        yield 1\n    return list(inner())\n")


MODELS = (
    IMPORTS
    + '''
class Base(BaseModel):
    """What all have.

    Args:
        id: Its number.
    """
    id: int
class Node(Base):
    model_config = ConfigDict(extra="forbid")
    _hidden: int = 1
    count: t.ClassVar[int] = 0
    name: str = Field(..., alias="Name", max_length=5)
    kids: list[Node] = Field(default_factory=list)
    color: Color = Color.RED
@dataclass
class Point:
    x: float
    y: float = 0
    tags: list[str] = field(default_factory=list)
class Options(TypedDict, total=False):
    a: int
    b: t.Required[str]
class Strict(TypedDict):
    a: int
    b: NotRequired[str]
def main(node: Node, point: Point | None = None, options: Options = {}, strict: Strict = None): ...
'''
)


def test_classes_of_the_file() -> None:
    signature = read_signature(MODELS)
    defs = signature.input_schema["$defs"]
    assert not signature.needs_import
    assert defs["Node"] == {
        "title": "Node",
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "Name": {"type": "string", "maxLength": 5},
            "kids": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            "color": {"$ref": "#/$defs/Color", "default": "red"},
        },
        "required": ["id", "Name"],
        "additionalProperties": False,
    }
    assert (defs["Point"]["required"], defs["Point"]["additionalProperties"]) == (["x"], False)
    assert defs["Options"]["required"] == ["b"]
    assert defs["Strict"]["required"] == ["a"]
    assert defs["Color"] == {"title": "Color", "enum": ["red", 2]}


@pytest.mark.parametrize(
    "body",
    [
        "class M(numpy.Thing): ...",
        "class M(BaseModel):\n  @pydantic.field_validator('a', mode='before')\n  def f(c, v): ...\n  a: int",
        "class M(BaseModel, t.Generic): a: int",
        "@register\nclass M: ...",
        "class M(enum.Flag): A = 1",
        "class M(enum.Enum): A = object()",
        "class M(BaseModel):\n    a: int = Field(alias=name())",
    ],
)
def test_classes_that_only_an_import_knows(body: str) -> None:
    assert read_signature(f"{IMPORTS}{body}\ndef main(x: M): ...\n").needs_import


def test_pydantic_agrees_about_its_models(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("models_of_a_test")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    source = MODELS.replace("import numpy\n", "")
    exec(compile(source, "models", "exec", dont_inherit=True), module.__dict__)
    theirs = module.__dict__["Node"].model_json_schema()["$defs"]["Node"]
    ours = read_signature(MODELS).input_schema["$defs"]["Node"]
    assert ours["required"] == theirs["required"]
    assert set(ours["properties"]) == set(theirs["properties"])
    assert ours["additionalProperties"] == theirs["additionalProperties"]


def test_what_the_sandbox_knew_better_is_merged() -> None:
    signature = read_signature(
        "import lib\ndef main(a: lib.A, b: int = 2):\n  '''Do.\n\n  Args:\n    a: The A.\n  '''"
    )
    told = {"a": {"$ref": "#/$defs/A", "$defs": {"A": {"type": "object", "required": ["z"]}}}}
    refined = refine(signature.input_schema, told)
    jsonschema.validate({"a": {"z": 1}}, refined)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"a": {}}, refined)
    assert refined["properties"]["a"]["description"] == "The A."
    assert refined["properties"]["b"] == {"type": "integer", "default": 2}


MANY = range(3000)
HOSTILE = {
    "aliases that double": "\n".join(f"A{n + 1} = dict[str, A{n} | list[A{n}]]" for n in range(60))
    + "\nA0 = int\nT = A60",
    "an alias of itself": "T = list[T] | dict[str, T]",
    "bases that double": "class A0(BaseModel): ...\n"
    + "\n".join(f"class A{n + 1}(A{n}, A{n}): f{n}: A{n}" for n in range(80))
    + "\nT = A80",
    "bases in a circle": "class T(U): ...\nclass U(T, BaseModel): ...",
    "a long chain of bases": "class A0(BaseModel): ...\n"
    + "\n".join(f"class A{n + 1}(A{n}): ..." for n in MANY)
    + "\nT = A3000",
    "a long chain of fields": "class A0(BaseModel): ...\n"
    + "\n".join(f"class A{n + 1}(BaseModel):\n f: A{n}" for n in MANY)
    + "\nT = A3000",
    "a long union": "T = " + "|".join(["int"] * 900),
    "a long name": "T = a" + ".a" * 900,
    "nested quotes": 'T = "\'\\"int\\"\'"',
    "a huge default": "T = int\nD = '" + "x" * 500_000 + "'",
    "empty brackets": "T = dict[()] | list[()] | Optional[()]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_types_are_read_or_refused_quickly(name: str) -> None:
    started = time.monotonic()
    default = " = D" if "D = " in HOSTILE[name] else ""
    source = f"from pydantic import BaseModel\n{HOSTILE[name]}\ndef main(x: T{default}): ...\n"
    with suppress(BotFileError):
        assert len(json.dumps(read_signature(source).input_schema)) < 300_000
    assert time.monotonic() - started < 3


tokens = st.sampled_from(
    ["def", "main", "(", ")", ":", "...", "x", "=", "1", "None", "int", "list", "[", "]", "|", ",", "*", "**",
     "/", "'a'", "class", "T", "import", "\n", "\n ", "Annotated", "Field", ".", "@", "async", "lambda"]
)  # fmt: skip


@given(st.lists(tokens, max_size=25))
@example(["def", "main", "(", "x", ":", "int", ")", ":", "..."])  # which hardly comes about by chance
def test_any_source_is_read_or_refused(parts: list[str]) -> None:
    try:
        found: dict[str, Any] | BotFileError = read_signature(" ".join(parts)).input_schema
    except (SourceError, MainMissingError, SignatureError) as refusal:
        found = refusal
    if isinstance(found, BotFileError):
        assert found.fields, "nobody is told where"
    else:
        jsonschema.Draft202012Validator.check_schema(found)
        assert found["type"] == "object"


annotations = st.recursive(
    st.sampled_from(
        ["str", "int", "float", "bool", "None", "date", "Color", "Literal['a', 1]", "Any", "Point", "Strict"]
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: f"list[{one}]"),
        inner.map(lambda one: f"dict[str, {one}]"),
        inner.map(lambda one: f"Optional[{one}]"),
        st.tuples(inner, inner).map(lambda two: f"tuple[{two[0]}, {two[1]}]"),
        st.tuples(inner, inner).map(lambda two: f"Union[{two[0]}, {two[1]}]"),
    ),
    max_leaves=6,
)


@given(st.lists(st.tuples(annotations, st.booleans()), max_size=5))
def test_every_supported_signature_gives_an_exact_valid_schema(parameters: list[tuple[str, bool]]) -> None:
    listed = ", ".join(
        f"p{n}: {one}{' = None' if optional else ''}" for n, (one, optional) in enumerate(parameters)
    )
    source = (
        MODELS.rsplit("def main", 1)[0] + f"def main(*, {listed}): ...\n"
        if parameters
        else "def main(): ...\n"
    )
    signature = read_signature(source)
    jsonschema.Draft202012Validator.check_schema(signature.input_schema)
    assert not signature.needs_import
    wanted = [f"p{n}" for n, (_, optional) in enumerate(parameters) if not optional]
    assert signature.input_schema.get("required", []) == wanted
    for n, (_, optional) in enumerate(parameters):
        if optional:
            assert signature.input_schema["properties"][f"p{n}"]["default"] is None
