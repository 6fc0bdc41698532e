"""The guide is true: its bot is sound, its test passes, its keys are all there are."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from codex32_bot.testing import workbench
from codex32_server.kit.manifest.limits import Budget, Limits, Retries
from codex32_server.kit.manifest.package import package_from_files
from codex32_server.kit.manifest.schema import Manifest, Trigger

GUIDE = (Path(__file__).parents[4] / "docs" / "guides" / "bots.md").read_text()
BOT, MODEL, TEST, NETWORK = (block.encode() for block in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL))
(TABLE,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)


def test_the_bot_of_the_guide() -> None:
    package = package_from_files({"late_payers.py": BOT, "test_late_payers.py": TEST})
    assert package.manifest.name == "late-payers"
    assert package.input_schema["properties"]["days"] == {
        "type": "integer",
        "description": "Older than this is late.",
        "default": 30,
    }


def test_the_test_of_the_guide(tmp_path: Path) -> None:
    (tmp_path / "late_payers.py").write_bytes(BOT)
    (tmp_path / "test_late_payers.py").write_bytes(TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_late_payers.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout


def test_the_test_of_the_guide_that_fakes_the_network() -> None:
    test: dict[str, Any] = {}
    exec(NETWORK, test)
    test["test_tells_the_price"]()
    exec(NETWORK.replace(b'{"price": 12.5}', b'{"price": 13.5}'), test)
    with pytest.raises(AssertionError):
        test["test_tells_the_price"]()


def test_the_bot_of_the_guide_that_asks_a_model() -> None:
    bot: dict[str, Any] = {}
    exec(MODEL, bot)
    with workbench(models={"fast": {"topic": "rent"}, "*": "Short."}):
        assert bot["main"]("Dear landlord …") == {"topic": "rent", "summary": "Short."}


def test_the_manifest_of_the_guide_shows_every_key() -> None:
    shown = tomllib.loads(TABLE)
    manifest = Manifest.model_validate(shown)
    assert set(shown) == set(Manifest.model_fields) - {"service"}  # that table is in services.md
    assert set(shown["budget"]) == set(Budget.model_fields)
    assert set(shown["limits"]) == set(Limits.model_fields)
    assert set(shown["retries"]) == set(Retries.model_fields)
    assert {key for trigger in shown["triggers"] for key in trigger} == set(Trigger.model_fields)
    assert manifest.limits.timeout == 300


@pytest.mark.parametrize("table", [Limits, Retries])
def test_the_defaults_in_the_guide_are_true(table: type[Limits] | type[Retries]) -> None:
    defaults = table().model_dump(mode="json")
    for key, default in defaults.items():
        line = re.search(rf"^{key} = [^#]*# (.*)$", TABLE, re.MULTILINE)
        assert line is not None
        assert line[1].startswith(f"{default}"), key
