"""`codex32 llm providers`, `aliases` and `models` against a server that answers as it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

PROVIDER = {
    "name": "openai", "kind": "openai", "base_url": "https://api.openai.com/v1", "secret": "LLM_OPENAI",
    "free": False, "enabled": True, "installation": False, "models": 3,
}  # fmt: skip
LOCAL = {
    "name": "local", "kind": "local", "base_url": "http://127.0.0.1:1/v1", "free": True, "enabled": True,
    "installation": True,
}  # fmt: skip
WELL = {"provider": "openai", "detail": "It answered.", "ok": True, "latency_ms": 12.4, "models": 3}
ILL = {
    "provider": "openai",
    "ok": False,
    "latency_ms": 5.0,
    "code": "upstream_refused",
    "detail": "It says 401.",
    "next_step": "Set it.",
}
ALIAS = {"name": "fast", "targets": [{"provider": "openai", "model": "gpt-4o-mini"}], "built_in": False}
MODEL = {
    "name": "gpt-4o", "provider": "openai", "context_tokens": 128000, "most_output_tokens": 16384,
    "abilities": ["text", "tools"], "prices": {"input": "2.5", "output": {"base": "10"}}, "free": False,
    "changed": False, "price_version": "genai-prices",
}  # fmt: skip


def page(*items: Any) -> dict[str, Any]:
    return {"items": list(items)}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text("sk-very-secret\n")
    return file


def test_providers_are_listed(api: Any, codex32: Any) -> None:
    api.on("GET /models/providers", page())
    assert "No providers yet" in codex32("llm", "providers").err
    api.on("GET /models/providers", page(PROVIDER, LOCAL))
    told = codex32("llm", "providers", "list").out
    assert "LLM_OPENAI" in told
    assert "installation" in told
    assert codex32("llm", "providers", "--json").json["items"][0]["name"] == "openai"


def test_a_provider_is_added_and_tested_and_its_key_is_never_shown(
    api: Any, kit: Any, codex32: Any, key_file: Path
) -> None:
    api.on("POST /models/providers", kit.Answer(201, PROVIDER))
    api.on("POST /models/providers/openai/test", WELL)
    told = codex32(
        "llm", "providers", "add", "openai", "--key-file", key_file, "--option", "a=b", "--rpm", "9"
    )
    assert told.code == 0
    assert "It answered in 12 ms and lists 3 models." in told.err
    assert "sk-very-secret" not in told.out + told.err
    sent = api.requests[-2].json
    assert (sent["preset"], sent["key"], sent["options"]) == ("openai", "sk-very-secret", {"a": "b"})
    api.on("POST /models/providers/openai/test", ILL)
    failed = codex32("llm", "providers", "add", "openai", "--key-file", key_file)
    assert "It does not work yet: It says 401. Set it." in failed.err
    as_json = codex32("llm", "providers", "add", "openai", "--key-file", key_file, "--json").json
    assert (as_json["name"], as_json["test"]["ok"]) == ("openai", False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "openai"), "No key was given"),
        (("add", "openai", "--key-file", "no-such-file"), "cannot be read"),
        (("add", "ollama", "--option", "without"), "An option is NAME=VALUE"),
        (("set", "openai"), "Nothing to change was named"),
    ],
)
def test_bad_input_asks_nobody(api: Any, codex32: Any, arguments: tuple[str, ...], said: str) -> None:
    told = codex32("llm", "providers", *arguments)
    assert told.code == 2
    assert said in told.err
    assert api.requests == []


def test_an_empty_key_is_refused(codex32: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text(" \n")
    told = codex32("llm", "providers", "add", "openai", "--key-file", tmp_path / "empty")
    assert (told.code, "The key is empty" in told.err) == (2, True)


def test_a_provider_is_changed_tested_and_deleted(api: Any, kit: Any, codex32: Any) -> None:
    api.on("PATCH /models/providers/openai", PROVIDER)
    assert "openai is changed." in codex32("llm", "providers", "set", "openai", "--off", "--rpm", "5").out
    assert api.requests[-1].json == {"enabled": False, "requests_per_minute": 5}
    assert codex32("llm", "providers", "set", "openai", "--on", "--json").json["name"] == "openai"
    api.on("POST /models/providers/openai/test", WELL)
    assert codex32("llm", "providers", "test", "openai").code == 0
    runs_here = {**WELL, "provider": "local", "models": None, "detail": "It runs on this machine."}
    api.on("POST /models/providers/local/test", runs_here)
    assert codex32("llm", "providers", "test", "local").err.strip() == "It runs on this machine."
    api.on("POST /models/providers/openai/test", ILL)
    assert codex32("llm", "providers", "test", "openai").code == 1
    assert codex32("llm", "providers", "test", "openai", "--json").json["code"] == "upstream_refused"
    api.on("DELETE /models/providers/openai", kit.Answer(204))
    assert "openai is deleted." in codex32("llm", "providers", "delete", "openai").out
    assert codex32("llm", "providers", "delete", "openai", "--json").json["deleted"]


def test_aliases_are_listed_set_and_deleted(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /models/aliases", page())
    assert "No aliases yet" in codex32("llm", "aliases").err
    api.on("GET /models/aliases", page({**ALIAS, "built_in": True}))
    assert "built in" in codex32("llm", "aliases", "list").out
    assert codex32("llm", "aliases", "--json").json["items"][0]["name"] == "fast"
    api.on("PUT /models/aliases/fast", ALIAS)
    told = codex32("llm", "aliases", "set", "fast", "openai/gpt-4o-mini", "local/a/b")
    assert "fast stands for openai/gpt-4o-mini." in told.out
    assert api.requests[-1].json["targets"][1] == {"provider": "local", "model": "a/b"}
    assert codex32("llm", "aliases", "set", "fast", "openai/x", "--json").json["name"] == "fast"
    bad = codex32("llm", "aliases", "set", "fast", "gpt")
    assert (bad.code, "A target is PROVIDER/MODEL" in bad.err) == (2, True)
    api.on("DELETE /models/aliases/fast", kit.Answer(204))
    assert "fast is deleted." in codex32("llm", "aliases", "delete", "fast").out
    assert codex32("llm", "aliases", "delete", "fast", "--json").json["deleted"]


def test_models_are_listed_with_their_prices(api: Any, codex32: Any) -> None:
    api.on("GET /models", page())
    assert "No models yet" in codex32("llm", "models").err
    free = {
        **MODEL,
        "name": "small",
        "provider": "local",
        "free": True,
        "context_tokens": None,
        "prices": None,
    }
    api.on("GET /models", page(MODEL, free))
    told = codex32("llm", "models", "list").out
    assert "openai/gpt-4o" in told
    assert "10+" in told
    assert "free" in told
    assert codex32("llm", "models", "--json").json["items"][1]["name"] == "small"


def test_what_was_set_of_a_model_stays_when_more_is_set(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /models", page(MODEL))
    api.on("PUT /models/settings/openai", MODEL)
    assert (
        "openai/gpt-4o is set."
        in codex32("llm", "models", "price", "openai/gpt-4o", "input=1", "output=2").out
    )
    assert api.requests[-1].json == {"prices": {"input": "1", "output": "2"}}
    own = {
        **MODEL,
        "changed": True,
        "price_version": "own 2026-11-25",
        "prices": {"input": "1", "output": "2"},
    }
    api.on("GET /models", page(own))
    assert codex32("llm", "models", "set", "openai/gpt-4o", "--context", "1000", "--json").code == 0
    sent = api.requests[-1].json
    assert (sent["context_tokens"], sent["most_output_tokens"]) == (1000, 16384)
    assert sent["prices"] == {"input": "1", "output": "2"}
    api.on("DELETE /models/settings/openai", kit.Answer(204))
    assert "as the catalogue says" in codex32("llm", "models", "reset", "openai/gpt-4o").out
    assert codex32("llm", "models", "reset", "openai/gpt-4o", "--json").json["reset"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("price", "openai/gpt-4o", "input"), "A rate is NAME=DOLLARS"),
        (("set", "openai/gpt-4o"), "Nothing to set was named"),
        (("reset", "gpt-4o"), "gpt-4o is not PROVIDER/MODEL"),
    ],
)
def test_bad_input_of_models_asks_nobody(
    api: Any, codex32: Any, arguments: tuple[str, ...], said: str
) -> None:
    told = codex32("llm", "models", *arguments)
    assert told.code == 2
    assert said in told.err
    assert api.requests == []


CHANGES = {
    "catalogue": {"version": "2026-11-26 1a2b3c4d", "source": "file", "models": 2000}, "changed": True,
    "added": ["openai/gpt-99"], "removed": [], "more": 0,
    "rates": [{"model": "openai/gpt-4o", "rate": "input", "before": "2.5", "after": None}],
}  # fmt: skip


def test_newer_prices_are_taken_over_and_shown(api: Any, codex32: Any, tmp_path: Path) -> None:
    api.on("POST /models/catalogue/refresh", CHANGES)
    told = codex32("llm", "models", "refresh")
    assert "openai/gpt-4o" in told.out
    assert "new: openai/gpt-99" in told.err
    assert "Prices of 2026-11-26 1a2b3c4d are in use: 1 rates changed" in told.out + told.err
    file = tmp_path / "data.json"
    file.write_text("[]")
    api.on("PUT /models/catalogue", {**CHANGES, "changed": False, "rates": [], "added": []})
    same = codex32("llm", "models", "refresh", "--file", file, "--dry-run")
    assert "newest already" in same.out + same.err
    assert api.requests[-1].body == b"[]"
    assert codex32("llm", "models", "refresh", "--json").json["rates"][0]["after"] is None
