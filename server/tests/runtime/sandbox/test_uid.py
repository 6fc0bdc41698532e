"""uids are not shared, not even between processes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from codex32_server.runtime.sandbox import uid
from codex32_server.runtime.sandbox.uid import UidPool

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has uids to give")


@root
def test_slots_differ_until_they_are_given_back(tmp_path: Path) -> None:
    pool, other = UidPool(tmp_path), UidPool(tmp_path)
    slots = [pool.take(), other.take(), pool.take()]
    assert len({slot.uid for slot in slots}) == 3
    assert all((slot.uid or 0) >= 61_184 for slot in slots)
    for slot in slots:
        slot.release()
        slot.release()


@root
def test_no_slot_left_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uid, "SLOTS", 2)
    pool = UidPool(tmp_path)
    slots = [pool.take(), pool.take()]
    with pytest.raises(uid.SandboxUnavailableError, match="All 2 uids"):
        pool.take()
    slots[0].release()
    slots.append(pool.take())
    assert slots[2].uid == slots[0].uid
    for slot in slots:
        slot.release()


def test_an_ordinary_user_keeps_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uid.os, "geteuid", lambda: 1000)
    slot = UidPool(tmp_path).take()
    assert slot.uid is None
    slot.release()
    assert uid.builder_uid() is None
