"""A real provider is named by arguments, and its key by the environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from evaluation.builder.__main__ import read
from evaluation.builder.answering import of_provider

_OPENAI = ["--engine", "provider", "--preset", "openai", "--model", "small"]


def test_a_preset_with_a_key() -> None:
    found = of_provider(read(_OPENAI), {"EVAL_PROVIDER_KEY": "sk-1"})
    assert dict(found.provider) == {"preset": "openai", "key": "sk-1"}
    assert (found.label, found.model, found.strong) == ("models: small", "small", "small")
    assert "sk-1" not in repr(found)


def test_a_key_in_a_file(tmp_path: Path) -> None:
    tmp_path.joinpath("key").write_text("sk-2\n", encoding="utf-8")
    found = of_provider(read([*_OPENAI, "--strong", "large"]), {"EVAL_PROVIDER_KEY_FILE": f"{tmp_path}/key"})
    assert (found.provider["key"], found.strong) == ("sk-2", "large")


def test_a_server_of_ones_own() -> None:
    told = [
        "--engine",
        "provider",
        "--model",
        "m",
        "--base-url",
        "http://127.0.0.1:11434/v1",
        "--prices",
        "0",
        "0",
    ]
    found = of_provider(read(told), {})
    assert dict(found.provider) == {"kind": "compatible", "base_url": "http://127.0.0.1:11434/v1"}
    assert found.settings == {"CODEX32_EGRESS_ALLOW_PRIVATE": "127.0.0.1/32"}
    assert found.prices == {"input": "0", "output": "0"}


@pytest.mark.parametrize(
    ("arguments", "environment", "wrong"),
    [
        (["--engine", "provider", "--model", "m"], {}, "--preset or --base-url"),
        (["--engine", "provider", "--preset", "openai"], {}, "--model"),
        (_OPENAI, {"EVAL_PROVIDER_KEY": "a", "EVAL_PROVIDER_KEY_FILE": "b"}, "both set"),
        (_OPENAI, {"EVAL_PROVIDER_KEY_FILE": "/nowhere/key"}, "No such file"),
    ],
)
def test_what_is_missing(arguments: list[str], environment: dict[str, str], wrong: str) -> None:
    with pytest.raises(SystemExit, match=wrong):
        of_provider(read(arguments), environment)
