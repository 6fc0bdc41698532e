"""Keys are known by their shapes; what only resembles them is left as it is."""

from __future__ import annotations

import base64
import secrets
import string
import time

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


def test_a_key_with_a_head_of_its_own_goes_too() -> None:
    head = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n"
    begin, end = (f"-----{word} RSA PRIVATE KEY-----" for word in ("BEGIN", "END"))
    key = f"{begin}\n{head}{some(600)}\n{end}"
    assert KnownKeys().text(f"a\n{begin}\n{key}\nb") == f"a\n{begin}\n[redacted: a private key]\nb"


BEGIN = "-----BEGIN PRIVATE KEY-----"
HOSTILE = {
    "beginnings": BEGIN,
    "beginnings on lines": BEGIN + "\n",
    "never ended": BEGIN + "\n" + "a" * 19000,
    "dashes": BEGIN + "-" * 90,
    "ended otherwise": BEGIN + "a" * 70 + "-----END RSA PRIVATE KEY-----",
    "single dashes": BEGIN + "a-" * 9000,
    "words before": "-----BEGIN " + "A " * 10 + "PRIVATE KEY",
    "old OpenAI keys": "T3BlbkFJ",
    "one after the other": " sk-" + "a" * 16 + "T3BlbkFJ" * 48 + "=",
    "digits": "xoxb-" + "1" * 9 + "-",
    "digits apart": " xoxb-" + "1" * 400,
    **{
        f"{between!r} {prefix}": between + prefix
        for between in ("", " ", "=")
        for prefix in (
            "sk-proj-", "sk-ant-api03-", "sk-c32-", "sk-or-v1-", "glpat-", "xoxb-12345678-", "ghp_",
            "github_pat_", "hf_", "sk_live_", "npm_", "AKIA", "AIza", "sk-",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_text_made_to_be_slow_is_not(kind: str) -> None:
    """Processor time: how busy the machine is says nothing about the shapes."""
    part = HOSTILE[kind]
    for before, after in (("", "="), ("sk-" + "a" * 16, "="), (BEGIN + "sk-proj-" + "a" * 40, "=")):
        text = before + part * (2**20 // len(part)) + after
        begun = time.process_time()
        KnownKeys().text(text)
        assert time.process_time() - begun < 1.0
