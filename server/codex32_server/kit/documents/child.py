"""The process that reads one file and ends: bounded in time, memory and output, without files of its own.

Its arguments are the content type and the limits (seconds of processor, bytes of memory); the file comes in
on stdin. It answers with one JSON document: {"chunks": [[heading, text], …]} or {"fault": sentence}.
"""

from __future__ import annotations

import json
import resource
import sys

from codex32_server.kit.documents.chunking import chunk
from codex32_server.kit.documents.formats import read
from codex32_server.kit.documents.sections import UnreadableError

MOST_CHUNKS = 20_000


def main(kind: str, seconds: int, memory: int) -> None:
    """Read stdin, write stdout."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for kind_of_limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NPROC):
        resource.setrlimit(kind_of_limit, (0, 0))
    answer: dict[str, object]
    try:
        pieces = chunk(read(kind, sys.stdin.buffer.read()))
        if len(pieces) > MOST_CHUNKS:
            raise UnreadableError(f"The file is too long: it has more than {MOST_CHUNKS} chunks.")
        answer = {"chunks": [[piece.heading, piece.text] for piece in pieces]}
    except UnreadableError as error:
        answer = {"fault": str(error)}
    except MemoryError:
        answer = {"fault": "The file needs more memory to be read than it may have."}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
