"""The master key: made once, private, and the source of every other key."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from codex32_server.storage.homes import Home
from codex32_server.storage.keys import MasterKey, MasterKeyError, create_master_key, parse_master_key

VALUE = bytes(range(224, 256))


def home(folder: Path) -> Home:
    return Home(folder, data_root=folder, runtime_root=folder / "runtime")


def test_the_first_use_makes_a_private_key_and_every_later_one_reads_it(tmp_path: Path) -> None:
    key = home(tmp_path).master_key()
    assert len(key.value) == 32
    assert home(tmp_path).master_key() == key
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
    assert create_master_key(tmp_path / "master.key") == key
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["master.key"]


def test_a_given_key_wins_and_nothing_is_written(tmp_path: Path) -> None:
    assert home(tmp_path).master_key(VALUE.hex()).value == VALUE
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        VALUE.hex(),
        VALUE.hex().upper() + "\n",
        base64.b64encode(VALUE).decode(),
        base64.urlsafe_b64encode(VALUE).decode().rstrip("="),
    ],
)
def test_a_key_may_be_written_in_hexadecimal_or_base64(text: str) -> None:
    assert parse_master_key(text).value == VALUE


@pytest.mark.parametrize("text", ["", "short", "zz" * 32, VALUE.hex()[:-2], "ü" * 43])
def test_anything_else_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(MasterKeyError) as refused:
        parse_master_key(text)
    assert not text or text not in refused.value.detail


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    home(tmp_path).master_key()
    (tmp_path / "master.key").chmod(0o640)
    with pytest.raises(MasterKeyError, match="read by others") as refused:
        home(tmp_path).master_key()
    assert "chmod 600" in refused.value.advice


def test_a_lost_key_is_not_replaced_while_there_are_data(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    with pytest.raises(MasterKeyError, match="missing"):
        home(tmp_path).master_key()


def test_purposes_give_different_keys_and_the_same_one_always_the_same() -> None:
    key = MasterKey(VALUE)
    assert key.derive("a") != key.derive("b")
    assert key.derive("a") == MasterKey(VALUE).derive("a")
    assert len(key.derive("a")) == 32
    assert key.role_password("codex32_app") != key.role_password("codex32_worker")
    assert key.role_password("codex32_app").replace("-", "").replace("_", "").isalnum()
    assert VALUE.hex() not in repr(key)
