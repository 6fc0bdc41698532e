"""Schedules that manifests declare, as pointers of environments move."""

from __future__ import annotations

from typing import Any

from codex32_server.features.triggers.schemas import NewSchedule, ScheduleChange, ScheduleView
from codex32_server.http.paging import PageRequest
from support.workspace import Platform


def triggers(*declarations: str) -> str:
    return f"triggers = [{', '.join('{ ' + declaration + ' }' for declaration in declarations)}]"


async def shown(platform: Platform, bot: str = "clock") -> list[ScheduleView]:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return (await platform.triggers.list(tx, platform.workspace_id, bot, PageRequest())).items[::-1]


async def change(platform: Platform, view: ScheduleView, **values: Any) -> ScheduleView:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return await platform.triggers.change(
            tx, platform.workspace_id, view.id, ScheduleChange.model_validate(values)
        )


async def test_publishing_makes_the_schedules_of_the_manifest(platform: Platform) -> None:
    await platform.deploy(
        "clock",
        triggers(
            'schedule = "0 9 * * mon-fri", timezone = "Europe/Madrid", name = "mornings",'
            " input = { limit = 3 }",
            'schedule = "*/15 * * * *", misfire = "skip"',
        ),
    )
    first, second = await shown(platform)
    assert (first.name, first.cron, first.timezone, first.input) == (
        "mornings",
        "0 9 * * mon-fri",
        "Europe/Madrid",
        {"limit": 3},
    )
    assert (second.name, second.misfire, second.origin, second.environment) == (
        "schedule",
        "skip",
        "manifest",
        None,
    )
    assert first.next_fire_at is not None


async def test_an_unchanged_declaration_keeps_what_a_person_did_to_it(platform: Platform) -> None:
    declaration = 'schedule = "0 9 * * *", input = { limit = 3 }'
    await platform.deploy("clock", triggers(declaration))
    (before,) = await shown(platform)
    upload = await platform.upload("a.csv", b"a")
    await change(platform, before, paused=True, input={"limit": 8}, files={"a.csv": upload})
    await platform.deploy("clock", triggers(declaration, 'schedule = "0 10 * * *"') + '\ndescription = "x"')
    after, new = await shown(platform)
    assert after.id == before.id
    assert (after.paused, after.input, [file.name for file in after.files]) == (True, {"limit": 8}, ["a.csv"])
    assert (new.cron, new.paused) == ("0 10 * * *", False)


async def test_an_edited_declaration_keeps_pause_and_files(platform: Platform) -> None:
    await platform.deploy("clock", triggers('schedule = "0 9 * * *"'))
    (before,) = await shown(platform)
    upload = await platform.upload("a.csv", b"a")
    await change(platform, before, files={"a.csv": upload})
    await platform.deploy("clock", triggers('schedule = "0 7 * * *", input = { limit = 1 }, misfire = "all"'))
    (after,) = await shown(platform)
    assert (after.id, after.cron, after.input, after.misfire) == (before.id, "0 7 * * *", {"limit": 1}, "all")
    assert [file.name for file in after.files] == ["a.csv"]
    assert after.next_fire_at is not None
    assert after.next_fire_at.hour == 7


async def test_a_named_declaration_is_the_same_whatever_changes(platform: Platform) -> None:
    await platform.deploy(
        "clock", triggers('schedule = "0 9 * * *", name = "a"', 'schedule = "0 8 * * *", name = "b"')
    )
    a, b = await shown(platform)
    await platform.deploy(
        "clock", triggers('schedule = "0 1 * * *", name = "b"', 'schedule = "0 2 * * *", name = "a"')
    )
    assert [(view.id, view.cron) for view in await shown(platform)] == [
        (a.id, "0 2 * * *"),
        (b.id, "0 1 * * *"),
    ]


async def test_a_declaration_that_is_gone_deletes_its_schedule_and_leaves_those_of_people(
    platform: Platform,
) -> None:
    await platform.deploy("clock", triggers('schedule = "0 9 * * *"'))
    async with platform.database.transaction(platform.workspace_id) as tx:
        own = await platform.triggers.create(
            tx, platform.workspace_id, NewSchedule(bot="clock", cron="0 3 * * *")
        )
    await platform.deploy("clock", 'description = "no triggers any more"')
    assert [view.id for view in await shown(platform)] == [own.id]


async def test_prod_decides_as_soon_as_there_is_a_prod(platform: Platform) -> None:
    bot_id = await platform.deploy("clock", triggers('schedule = "0 1 * * *"'))
    (dev,) = await shown(platform)
    await platform.publish(bot_id, "prod")
    assert [(view.id, view.cron) for view in await shown(platform)] == [(dev.id, "0 1 * * *")]
    await platform.deploy("clock", triggers('schedule = "0 2 * * *"'))
    assert [view.cron for view in await shown(platform)] == ["0 1 * * *"]
    await platform.publish(bot_id, "prod")
    assert [view.cron for view in await shown(platform)] == ["0 2 * * *"]
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.bots.rollback(tx, platform.principal, "clock", "prod")
    assert [view.cron for view in await shown(platform)] == ["0 1 * * *"]


async def test_a_trigger_that_names_an_environment_counts_from_there_alone(platform: Platform) -> None:
    bot_id = await platform.deploy(
        "clock",
        triggers(
            'schedule = "0 1 * * *", environment = "prod"', 'schedule = "0 2 * * *", environment = "dev"'
        ),
    )
    assert [(view.cron, view.environment) for view in await shown(platform)] == [("0 2 * * *", "dev")]
    await platform.publish(bot_id, "prod")
    assert {(view.cron, view.environment) for view in await shown(platform)} == {
        ("0 2 * * *", "dev"),
        ("0 1 * * *", "prod"),
    }
    await platform.deploy("clock", 'description = "none in dev"')
    assert [(view.cron, view.environment) for view in await shown(platform)] == [("0 1 * * *", "prod")]
