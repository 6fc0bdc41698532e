"""Trees that several threads make at once."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from codex32_server.kit.syntax import parse


def test_what_python_mixes_up_is_tried_again() -> None:
    made = ast.parse("x = 1")
    with patch("ast.parse", side_effect=[SystemError("AST constructor recursion depth mismatch"), made]):
        assert parse("x = 1") is made


def test_what_goes_on_is_raised() -> None:
    with patch("ast.parse", side_effect=SystemError("broken")), pytest.raises(SystemError):
        parse("x = 1")


def test_faults_of_the_source_are_told_at_once() -> None:
    with pytest.raises(SyntaxError):
        parse("def (")


def test_from_many_threads() -> None:
    source = "\n".join(f"def f{n}(a, b=[{{'x': (1, [2, {{3}}])}}]):\n    return a or b" for n in range(200))
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(parse, [source] * 24))
    assert {len(tree.body) for tree in trees} == {200}
