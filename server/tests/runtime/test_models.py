"""Pydantic models in the signature of main, with pydantic as a dependency of the bot."""

from __future__ import annotations

import json
import shutil
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.contract import End

pytestmark = pytest.mark.sandbox

BOT = """
from __future__ import annotations
from pydantic import BaseModel, Field

class Row(BaseModel):
    name: str
    price: float = Field(gt=0)

def main(rows: list[Row], best: Row | None = None, limit: int = 3) -> Row:
    assert all(isinstance(row, Row) for row in rows)
    return max(rows, key=lambda row: row.price)
"""


@pytest.fixture(scope="module")
def dependencies(shared: Path) -> Any:
    """pydantic, taken from where this test runs."""
    folder = shared / "pydantic"
    for name in ("pydantic", "pydantic_core", "annotated_types", "typing_inspection"):
        source = Path(sysconfig.get_path("platlib"), name)
        shutil.copytree(
            source, folder / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(Path(sysconfig.get_path("purelib"), "typing_extensions.py"), folder)
    yield folder
    shutil.rmtree(folder)


async def test_models_are_filled_and_given_back(bench: Any, dependencies: Path) -> None:
    rows = {"rows": [{"name": "a", "price": 1}, {"name": "b", "price": "2.5"}]}
    outcome = await bench.run(BOT, input=json.dumps(rows).encode(), dependencies=dependencies)
    assert outcome.end is End.SUCCEEDED, outcome.error
    assert json.loads(outcome.output) == {"name": "b", "price": 2.5}


async def test_a_model_that_does_not_fit_is_the_inputs_fault(bench: Any, dependencies: Path) -> None:
    rows = {"rows": [{"name": "a", "price": -1}]}
    outcome = await bench.run(BOT, input=json.dumps(rows).encode(), dependencies=dependencies)
    assert outcome.error.code == "input_invalid"
    assert "rows" in outcome.error.detail
    assert not outcome.error.retryable


async def test_schema_of_models_only(bench: Any, dependencies: Path) -> None:
    outcome = await bench.run(BOT, mode="schema", dependencies=dependencies)
    parameters = json.loads(outcome.output)["parameters"]
    assert sorted(parameters) == ["best", "rows"]
    assert parameters["rows"]["type"] == "array"
    assert parameters["rows"]["$defs"]["Row"]["properties"]["price"]["exclusiveMinimum"] == 0
