"""A process that looks after an embedded PostgreSQL, for tests that kill it. Argument: the folder.

Prints one JSON line when the server runs ({"pid", "url"}) or refuses ({"code", "detail"}); stops it at the
end of its input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from codex32_server.kit.errors import Codex32Error
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.embedded import EmbeddedPostgres
from support.passwords import password_of


async def look_after(folder: Path) -> None:
    server = EmbeddedPostgres(folder, Binaries.installed(), password_of=password_of)
    try:
        info = await server.start()
    except Codex32Error as error:
        say({"code": error.code, "detail": error.detail})
        return
    say({"pid": info.pid, "url": info.owner_url})
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()


def say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(look_after(Path(sys.argv[1])))
