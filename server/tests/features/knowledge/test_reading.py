"""The child process that reads: what is slow, large or breaks it ends there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from codex32_server.features.knowledge.service import reading
from codex32_server.features.knowledge.service.reading import UnreadableDocumentError, pieces_of

GIB = 1024 * 1024 * 1024


async def test_a_document_is_read_elsewhere() -> None:
    [piece] = await pieces_of("text/markdown", b"# A\nx \xed\xa0\x80")
    assert (piece.heading, piece.text[:2]) == (("A",), "x ")


async def test_what_needs_too_much_memory_is_refused() -> None:
    with pytest.raises(UnreadableDocumentError, match=r"memory|broke"):
        await pieces_of("text/plain", b"word. " * 4_000_000, memory=GIB // 8)


async def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "python"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    monkeypatch.setattr(reading, "_PATIENCE", 0.2)
    with pytest.raises(UnreadableDocumentError, match="seconds to read"):
        await pieces_of("text/plain", b"x", seconds=1)


@pytest.mark.parametrize("script", ["exit 3", "echo nonsense", "kill -SEGV $$", "exec cat /dev/zero"])
async def test_what_breaks_the_reader_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str
) -> None:
    broken = tmp_path / "python"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    monkeypatch.setattr(reading, "_LONGEST_ANSWER", 1_000_000)
    with pytest.raises(UnreadableDocumentError, match=r"broke|too long"):
        await pieces_of("text/plain", b"x" * 100_000)
