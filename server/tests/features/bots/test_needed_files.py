"""Which files a version's runs must be given, over HTTP."""

from __future__ import annotations

from support.api import Api, Tenant, source

READS = 'from codex32_bot import files\n\n    return len(files.input("contacts.csv").read_text())'


async def test_a_version_names_the_files_that_it_reads(api: Api, one: Tenant, two: Tenant) -> None:
    for body in ("return n", READS):
        answer = await api.call(
            one.keys["editor"],
            "PUT",
            "/bots/by-name/reads",
            json={"files": {"bot.py": source("reads", body)}},
        )
        assert answer.status_code == 200, answer.text
    viewer = one.keys["viewer"]
    none = await api.call(viewer, "GET", "/bots/reads/versions/1/needed-files")
    assert none.json() == {"files": [], "others": "none"}
    needed = await api.call(viewer, "GET", "/bots/reads/versions/2/needed-files")
    file = {"name": "contacts.csv", "parameter": None, "required": True, "exact": True}
    assert needed.json() == {"files": [file], "others": "none"}
    again = await api.call(viewer, "GET", "/bots/reads/versions/2/needed-files")
    assert again.json() == needed.json()
    missing = await api.call(viewer, "GET", "/bots/reads/versions/3/needed-files")
    assert (missing.status_code, missing.json()["code"]) == (404, "version_not_found")
    foreign = await api.call(two.keys["viewer"], "GET", "/bots/reads/versions/2/needed-files")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "bot_not_found")
