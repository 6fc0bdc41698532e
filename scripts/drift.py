"""Whether the mapped classes and the migrations agree, asked of a fresh database that is gone afterwards."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from codex32_server.storage.binaries import Binaries
from codex32_server.storage.embedded import EmbeddedPostgres
from codex32_server.storage.migrate import LOGIN_ROLES, drift, migrate


def main() -> int:
    # Not /tmp, which some systems keep from other accounts; the database runs under one as root.
    base = Path(tempfile.mkdtemp(prefix="codex32-drift-", dir="/var/tmp"))
    base.chmod(0o711)
    try:
        difference = asyncio.run(difference_in(base))
    finally:
        shutil.rmtree(base, ignore_errors=True)
    if difference:
        sys.stdout.write(f"{difference}\nNext: write a migration in server/migrations/versions.\n")
    return 1 if difference else 0


async def difference_in(base: Path) -> str | None:
    """What the mapped classes say beyond the migrations."""
    binaries = Binaries.reachable(base / "runtime")
    server = EmbeddedPostgres(
        base / "pg", binaries, password_of=lambda role: f"drift-{role}", settings={"fsync": "off"}
    )
    try:
        url = (await server.start()).owner_url
        await asyncio.to_thread(migrate, url, {role: f"drift-{role}" for role in LOGIN_ROLES})
        return await asyncio.to_thread(drift, url)
    finally:
        await server.stop()


if __name__ == "__main__":
    sys.exit(main())
