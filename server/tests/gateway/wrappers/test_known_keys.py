"""Keys are known by their shapes; what only resembles them is left as it is."""

from __future__ import annotations

import base64
import secrets
import string

import pytest
from codex32_server.gateway.wrappers.known_keys import KnownKeys

ALNUM = string.ascii_letters + string.digits


def some(count: int, of: str = ALNUM) -> str:
    return "".join(secrets.choice(of) for _ in range(count))


KEYS = {
    "openai": lambda: "sk-proj-" + some(60),
    "openai old": lambda: "sk-" + some(20) + "T3BlbkFJ" + some(20),
    "anthropic": lambda: "sk-ant-api03-" + some(93, ALNUM + "-_"),
    "ours": lambda: "sk-c32-" + some(43),
    "github": lambda: "ghp_" + some(36),
    "github new": lambda: "github_pat_" + some(22) + "_" + some(59),
    "aws": lambda: "AKIA" + some(16, string.ascii_uppercase + "234567"),
    "google": lambda: "AIza" + some(35),
    "slack": lambda: "xoxb-" + some(12, string.digits) + "-" + some(24),
    "stripe": lambda: "sk_live_" + some(24),
}
ORDINARY = [
    "Write sk-learn code, and ask-me-anything.",
    "What does AKIA mean? AKIAIOSFODNN7 is too short.",
    "ghp_short and github_pat_ are prefixes; npm_config_registry is a variable.",
    "Explain -----BEGIN PRIVATE KEY----- and what follows it.",
    "task-" + "a" * 80,
    "sk-" + "x" * 48,
    "0123456789abcdef" * 8,
    "x" + "AKIA" + "A" * 16,
    "data:image/png;base64," + base64.b64encode(bytes(range(256)) * 200).decode(),
    "",
]


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_goes_and_what_is_around_it_stays(kind: str) -> None:
    key = KEYS[kind]()
    for before, after in (("use ", " please"), ('{"key": "', '"}'), ("KEY=", "\n"), ("Bearer ", "")):
        clean = KnownKeys().text(before + key + after)
        assert key not in clean
        assert clean.startswith(before + "[redacted: ")
        assert clean.endswith("]" + after)


@pytest.mark.parametrize("kind", ["PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY"])
def test_a_private_key_goes_whole(kind: str) -> None:
    lines = "\n".join(some(64) for _ in range(20))
    clean = KnownKeys().text(f"see\n-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\nhere")
    assert clean == "see\n[redacted: a private key]\nhere"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_are_the_same_object(text: str) -> None:
    assert KnownKeys().text(text) is text
