"""The child process that computes: reads requests from stdin, writes vectors to stdout, ends with its parent.

A request is a line of JSON ({"kind", "texts"}); an answer is a line of JSON ({"rows", "dimensions"} or
{"fault"}), followed by the rows as little-endian float32. One at a time.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

from codex32_server.gateway.embeddings.encoder import Encoder
from codex32_server.gateway.embeddings.weights import Weights, find_weights
from codex32_server.kit.errors import Codex32Error

_NICE = 5
"""Indexing goes behind whoever waits for an answer of the API."""


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until `requests` ends."""
    try:
        encoder = Encoder(Weights(find_weights()))
    except Codex32Error as error:
        _tell(answers, {"fault": error.code, "detail": error.detail})
        return
    _tell(answers, {"dimensions": encoder.dimensions})
    while line := requests.readline():
        request: dict[str, Any] = json.loads(line)
        rows = encoder.embed(request["texts"], request["kind"])
        _tell(answers, {"rows": len(rows), "dimensions": encoder.dimensions}, rows.astype("<f4").tobytes())


def _tell(answers: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    answers.write(json.dumps(header).encode() + b"\n" + body)
    answers.flush()


if __name__ == "__main__":
    os.nice(_NICE)
    serve(sys.stdin.buffer, sys.stdout.buffer)
