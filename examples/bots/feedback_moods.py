# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "feedback-moods"
# title = "Moods of feedback"
# description = "Lets a language model say whether each line of feedback is good, bad or mixed."
# role = "analyzer"
# tags = ["text", "model"]
# limits = { memory = "256MiB", timeout = "10m" }
# budget = { per_run = "0.05 USD", per_day = "1 USD" }
# ///
"""Let a language model say whether feedback is good, bad or mixed.

Every line of the input files that is not empty is one piece of feedback. The model is asked over plain HTTP,
as any library that speaks OpenAI's API would do it: the platform sets OPENAI_BASE_URL and OPENAI_API_KEY for
every run, and what is spent is held to the budget above. On a laptop set them yourself.
"""

from __future__ import annotations

import http.client
import json
import os
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from codex32_bot import files, log

MOODS = ("good", "bad", "mixed")
SCHEMA = {
    "type": "object",
    "properties": {"mood": {"type": "string", "enum": list(MOODS)}},
    "required": ["mood"],
    "additionalProperties": False,
}
ASK = "Say in JSON whether this feedback of a guest is good, bad or mixed: "


class ModelError(Exception):
    """The model gave no answer that can be used; says what its server said."""


def main(model: str = "fast", names: list[str] | None = None, most: int = 200) -> dict[str, Any]:
    """Classify lines of feedback.

    Args:
        model: The alias or model to ask.
        names: Input files to read; all .txt files without it.
        most: Lines to classify at most; the others are counted as left out.
    """
    lines = [line for name in names or _texts() for line in _lines(name)]
    said: list[dict[str, str]] = []
    unclear = 0
    for line in lines[:most]:
        mood = ask(model, line)
        if mood is None:
            unclear += 1
        else:
            said.append({"text": line, "mood": mood})
    counts = Counter(each["mood"] for each in said)
    log.info("classified", lines=len(said), unclear=unclear)
    return {
        "counts": {mood: counts[mood] for mood in MOODS},
        "bad": [each["text"] for each in said if each["mood"] == "bad"],
        "unclear": unclear,
        "left_out": max(0, len(lines) - most),
    }


def ask(model: str, line: str) -> str | None:
    """The mood of one line; None if the model did not keep to the schema."""
    answer = _post(
        "/chat/completions",
        {
            "model": model,
            "messages": [{"role": "user", "content": ASK + line}],
            "max_tokens": 60,
            "temperature": 0,
            "response_format": {"type": "json_schema", "json_schema": {"name": "mood", "schema": SCHEMA}},
        },
    )
    try:
        mood = json.loads(answer["choices"][0]["message"]["content"])["mood"]
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    return mood if mood in MOODS else None


def _post(path: str, body: dict[str, Any]) -> Any:
    address = urlsplit(os.environ.get("OPENAI_BASE_URL", ""))
    if not address.hostname:
        raise ModelError("No model can be asked: OPENAI_BASE_URL is not set.")
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname, address.port, timeout=300)
    headers = {
        "authorization": "Bearer " + os.environ.get("OPENAI_API_KEY", ""),
        "content-type": "application/json",
    }
    try:
        connection.request("POST", address.path.rstrip("/") + path, json.dumps(body), headers)
        response = connection.getresponse()
        data = response.read()
    finally:
        connection.close()
    try:
        answer = json.loads(data)
    except ValueError:
        raise ModelError(f"The model's server answered {response.status} without JSON.") from None
    if response.status != 200:
        error = answer.get("error") if isinstance(answer, dict) else None
        message = error.get("message") if isinstance(error, dict) else None
        raise ModelError(str(message or f"The model's server answered {response.status}."))
    return answer


def _texts() -> list[str]:
    return [name for name in files.inputs() if name.endswith(".txt")]


def _lines(name: str) -> list[str]:
    text = files.input(name).read_text(encoding="utf-8", errors="replace")
    return [line.strip() for line in text.splitlines() if line.strip()]
