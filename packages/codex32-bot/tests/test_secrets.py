"""`codex32_bot.secrets` on a laptop and on the workbench."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from codex32_bot import _platform, secrets
from codex32_bot.testing import workbench


@pytest.fixture
def laptop() -> Iterator[None]:
    restore = _platform.use(None)
    yield
    restore()


def test_three_ways_to_ask() -> None:
    with workbench(secrets={"API_TOKEN": "abc"}):
        assert (secrets["API_TOKEN"], secrets("API_TOKEN"), secrets.get("API_TOKEN")) == ("abc",) * 3
        assert secrets.get("API_TOKEN", "other") == "abc"
        assert secrets.get("OTHER", "other") == "other"
        assert secrets.get("OTHER", None) is None
        assert "API_TOKEN" in secrets
        assert "OTHER" not in secrets


@pytest.mark.parametrize("ask", [secrets, secrets.get, secrets.__getitem__])
def test_the_bench_says_how_to_give_one(ask: object) -> None:
    with workbench(), pytest.raises(LookupError, match=r'OTHER: .*workbench\(secrets=\{"OTHER"'):
        ask("OTHER")  # type: ignore[operator]


@pytest.mark.usefixtures("laptop")
def test_a_laptop_has_environment_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "from the shell")
    monkeypatch.delenv("OTHER", raising=False)
    assert secrets["API_TOKEN"] == "from the shell"
    with pytest.raises(LookupError, match=r'variable OTHER, which is not set; .* secrets = \["OTHER"\]'):
        secrets("OTHER")


def test_nothing_is_shown() -> None:
    with workbench(secrets={"API_TOKEN": "abcdef"}) as bench:
        assert "abcdef" not in repr(secrets)
        assert "abcdef" not in repr(bench)
