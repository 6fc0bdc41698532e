"""What the first start makes, what a later one leaves, and when `prepare` may be skipped."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from codex32_server.features.access.facade import AccessFacade
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.kit.errors import Codex32Error
from codex32_server.main.derived import access_pepper, role_url
from codex32_server.main.prepare import bootstrap
from codex32_server.main.serve import migrations
from codex32_server.main.stamp import DatabaseUnreachableError, fingerprint, is_prepared, remember
from codex32_server.settings.loading import load
from codex32_server.storage.keys import MasterKey
from codex32_server.storage.migrate import migrations_folder

MASTER = MasterKey(b"k" * 32)


async def name_behind(database: Any, key: str) -> str:
    """Whose key it is, as the API finds out."""
    access = AccessFacade(access_pepper(MASTER), WorkspacesFacade())
    async with database.app.transaction(None) as tx:
        principal = await access.authenticate(tx, bearer=key, session=None)
    assert principal.role == "owner"
    assert principal.administrator
    return principal.name


async def test_the_first_start_makes_an_owner_a_link_and_a_private_key(database: Any, tmp_path: Path) -> None:
    key_file = tmp_path / "cli.key"
    first = await bootstrap(database.app, load({}), MASTER, key_file)
    assert first.sign_in_token
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    key = key_file.read_text().strip()
    assert key.startswith("c32_")
    assert (await name_behind(database, key)).startswith("command line on ")
    access = AccessFacade(access_pepper(MASTER), WorkspacesFacade())
    async with database.app.transaction(None) as tx:
        _session, me = await access.redeem(tx, first.sign_in_token)
    assert me.workspace.slug == "main"

    second = await bootstrap(database.app, load({}), MASTER, key_file)
    assert second.sign_in_token is None
    assert key_file.read_text().strip() == key


async def test_a_lost_key_file_gets_a_new_key(database: Any, tmp_path: Path) -> None:
    key_file = tmp_path / "cli.key"
    await bootstrap(database.app, load({}), MASTER, key_file)
    old = key_file.read_text().strip()
    key_file.unlink()
    await bootstrap(database.app, load({}), MASTER, key_file)
    new = key_file.read_text().strip()
    assert new != old
    assert (await name_behind(database, new)).startswith("command line on ")


async def test_the_configured_key_works_and_a_weak_one_is_refused(database: Any, tmp_path: Path) -> None:
    configured = "a passphrase of somebody, long enough"
    settings = load({"CODEX32_BOOTSTRAP_API_KEY": configured})
    for _ in range(2):
        await bootstrap(database.app, settings, MASTER, tmp_path / "cli.key")
    assert await name_behind(database, configured) == "bootstrap"
    with pytest.raises(Codex32Error, match="BOOTSTRAP_API_KEY"):
        load({"CODEX32_BOOTSTRAP_API_KEY": "short"})


async def test_the_fingerprint_follows_what_prepare_depends_on(
    database: Any, empty_database: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001.sql").write_text("select 1")
    same = fingerprint(database.owner_url, folder, MASTER, None)
    assert same == fingerprint(database.owner_url, folder, MASTER, None)
    others = {
        fingerprint(empty_database.owner_url, folder, MASTER, None),
        fingerprint(database.owner_url, folder, MASTER, "a configured key"),
        fingerprint(database.owner_url, folder, MasterKey(b"x" * 32), None),
    }
    (folder / "0002.sql").write_text("select 2")
    others.add(fingerprint(database.owner_url, folder, MASTER, None))
    assert len(others | {same}) == 5

    assert not is_prepared(tmp_path, same)
    remember(tmp_path, same)
    assert is_prepared(tmp_path, same)
    assert not is_prepared(tmp_path, others.pop())
    (tmp_path / "prepared.json").write_text("{")
    assert not is_prepared(tmp_path, same)


def test_a_database_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachableError) as caught:
        fingerprint("postgresql://u:secret@127.0.0.1:1/x", tmp_path, MASTER, None)
    assert "secret" not in caught.value.detail
    assert "Connection refused" in caught.value.detail
    assert "CODEX32_DATABASE_URL" in caught.value.advice


def test_urls_of_roles_keep_the_address_and_drop_the_owner() -> None:
    url = role_url("postgresql://owner:p%40ss@db.example:5433/app?sslmode=require", "codex32_app", MASTER)
    assert url.startswith("postgresql://codex32_app:")
    assert url.endswith("@db.example:5433/app?sslmode=require")
    assert "p%40ss" not in url
    socket = role_url("postgresql://owner:x@/codex32?host=%2Frun&port=5432", "codex32_worker", MASTER)
    assert socket.endswith("@/codex32?host=%2Frun&port=5432")


def test_the_supervisor_and_alembic_mean_the_same_folder() -> None:
    assert migrations() == migrations_folder()
    assert list(migrations().glob("versions/*.py"))
