"""Secrets in the source: known shapes of keys, names that hold one, and texts that look like nothing else."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from codex32_server.features.builder.checks.sources import Bot, Source, told
from codex32_server.features.builder.documents import Severity, Told

_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{50,})"),
    "a GitLab token": re.compile(r"\bglpat-[\w-]{20,}"),
    "a Slack token": re.compile(r"\bxox[abeprs]-[\w-]{20,}"),
    "a Slack webhook": re.compile(r"hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{16,}"),
    "a Telegram bot token": re.compile(r"\b\d{8,10}:AA[\w-]{33}"),
    "a Stripe key": re.compile(r"\b[rs]k_live_[0-9A-Za-z]{20,}"),
    "a Google key": re.compile(r"\bAIza[\w-]{35}"),
    "a key of a model provider": re.compile(r"\bsk-(ant-|proj-|or-)?[\w-]{32,}"),
    "a SendGrid key": re.compile(r"\bSG\.[\w-]{20,}\.[\w-]{40,}"),
    "a JSON Web Token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "a password in a URL": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:(?!\{)[^\s/:@{}]{3,}@"),
}
_EXAMPLE = re.compile(r"@([\w-]+\.)*example(\.(com|org|net))?(?![\w.-])")
"""A host that is reserved for examples (RFC 2606): what a test logs in to there is invented."""
_NAMES = re.compile(
    r"(passw(or)?d|passphrase|secret|token|api_?key|private_?key|credential)s?$", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"^[A-Z][A-Z0-9_]*$|[<>{}$%*]|^(your|my|the|change|example|dummy|fake|test|none)", re.IGNORECASE
)
_RANDOM = re.compile(r"^[A-Za-z0-9+/=_-]{24,}$")
_WORDS = re.compile(r"^[a-z]+([_-][a-z]+)*$|^[A-Z][a-z]+([A-Z][a-z]+)*$")
_LEAST_BITS: Final = 4.2
"""Per character: words of a language have less, random base64 of this length more."""
_SHORTEST: Final = 8


def check(bot: Bot) -> list[Told]:
    """`secret`: an error in the bot, a warning in its tests, where a made-up one may be needed."""
    found: list[Told] = []
    for source in bot.sources:
        severity: Severity = "warning" if source.tests else "error"
        seen: set[int] = set()
        for text in source.texts():
            shape = next((name for name, form in _SHAPES.items() if form.search(str(text.value))), None)
            invented = source.tests and _EXAMPLE.search(str(text.value)) is not None
            if shape is not None and not invented:
                seen.add(text.lineno)
                found.append(_told(source, text.lineno, f"This looks like {shape}", severity))
        for name, line in _held(source):
            if line not in seen:
                seen.add(line)
                found.append(
                    _told(source, line, f"{name!r} holds a value that looks like a secret", severity)
                )
        for text in source.texts():
            if text.lineno not in seen and _looks_random(str(text.value)):
                seen.add(text.lineno)
                found.append(_told(source, text.lineno, "This text looks random, as secrets do", "warning"))
    return found


def _told(source: Source, line: int, says: str, severity: Severity) -> Told:
    """Never with the value: findings are stored and shown."""
    advice = "Name it in `secrets` of the manifest and read it with codex32_bot.secrets."
    return told("secret", source, line, f"{says}. {advice}", severity)


def _held(source: Source) -> Iterator[tuple[str, int]]:
    """Names of secrets to which a text is given: assignments, arguments, entries of dictionaries."""
    for node in ast.walk(source.tree):
        pairs: list[tuple[str, ast.expr | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(_name(target), node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(_name(node.target), node.value)]
        elif isinstance(node, ast.Call):
            pairs = [(keyword.arg or "", keyword.value) for keyword in node.keywords]
        elif isinstance(node, ast.Dict):
            pairs = [(_name(key), value) for key, value in zip(node.keys, node.values, strict=True)]
        for name, value in pairs:
            if _NAMES.search(name) and isinstance(value, ast.Constant) and _is_value(value.value):
                yield name, value.lineno


def _name(node: ast.expr | None) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _is_value(value: object) -> bool:
    if not isinstance(value, str) or len(value) < _SHORTEST or " " in value:
        return False
    return not _PLACEHOLDER.search(value) and not _WORDS.match(value)


def _looks_random(text: str) -> bool:
    if not _RANDOM.match(text) or _WORDS.match(text) or "/" in text.strip("/"):
        return False
    mixed = sum(any(test(letter) for letter in text) for test in (str.islower, str.isupper, str.isdigit))
    return mixed == 3 and _bits(text) >= _LEAST_BITS


def _bits(text: str) -> float:
    """Shannon's entropy of its characters."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
