"""Questions about a bot are told from wishes to change it."""

from __future__ import annotations

import pytest
from codex32_server.features.builder.explaining.asked import question_in


@pytest.mark.parametrize(
    "text",
    [
        "why did it fail last night?",
        "Why did it fail?",
        "why did this bot fail yesterday",
        "please tell me why it failed this morning",
        "Can you explain why it keeps failing?",
        "why does it keep failing all the time?",
        "Why didn't it run today?",
        "why isn't it working?",
        "why has the last run failed",
        "why did last night's run fail?",
        "what went wrong?",
        "What happened last night?",
        "explain the last failure",
        "explain its error",
        "what was the reason for the failure?",
        "why did it time out at 9:30 pm?",
    ],
)
def test_why_it_failed(text: str) -> None:
    assert question_in(text) == ("failure", "en")


@pytest.mark.parametrize(
    "text",
    [
        "¿por qué falló anoche?",
        "por que ha fallado?",
        "¿Por qué no funcionó ayer?",
        "dime por qué falló el bot",
        "¿Qué pasó anoche?",
        "¿qué salió mal?",
        "explícame el último fallo",
        "¿Por qué la última ejecución dio error?",
        "¿a qué se debe el error?",
    ],
)
def test_why_it_failed_in_spanish(text: str) -> None:
    assert question_in(text) == ("failure", "es")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("explain this bot", "en"),
        ("Explain it, please", "en"),
        ("explain", "en"),
        ("please explain it to me in plain words", "en"),
        ("what does it do?", "en"),
        ("What does this bot do exactly?", "en"),
        ("how does it work?", "en"),
        ("tell me what it does", "en"),
        ("describe the bot", "en"),
        ("explica este bot", "es"),
        ("explícame el bot", "es"),
        ("¿Qué hace este bot?", "es"),
        ("¿qué hace?", "es"),
        ("¿Cómo funciona?", "es"),
        ("para qué sirve", "es"),
    ],
)
def test_what_it_does(text: str, language: str) -> None:
    assert question_in(text) == ("bot", language)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "only on mondays",
        "also post it to Slack",
        "also explain in the mail why a row was dropped",
        "explain the failures in the mail to ann@firm.example",
        "email me why it failed",
        "tell me on Slack when it fails",
        "when it fails, post it to Slack",
        "don't fail if the file is empty",
        "stop failing when the file is empty",
        "the bot",
        "its error column instead of message",
        "explain each row with a model",
        "it fails with “KeyError: email”. Mend it.",
        "what happened yesterday goes into a file",
        "describe each product in one sentence",
        "avísame en Slack cuando falle",
        "explica cada fila con un modelo",
        "que se ejecute solo los lunes",
        "que hace falta el total",
        "el bot",
        "x" * 5000,
        "why did " * 3000,
    ],
)
def test_a_wish_is_none(text: str) -> None:
    assert question_in(text) is None
