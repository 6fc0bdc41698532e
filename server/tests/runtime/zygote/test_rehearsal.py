"""A zygote has rehearsed, and its children cannot tell: what they see is what a cold start shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from codex32_server.runtime.contract import End

pytestmark = pytest.mark.sandbox

LOOKS = """import sys
HEARD = sorted(name for name in sys.modules if "rehears" in name and not name.startswith("codex32_guest."))
def main():
    import os, gc
    streams = [[one.line_buffering, one.errors, one.encoding] for one in (sys.stdout, sys.stderr)]
    path = [entry for entry in sys.path if entry != "/deps"]
    return [HEARD, path, sys.argv, sys.dont_write_bytecode, os.listdir("/tmp"), streams, gc.isenabled()]
"""


async def seen(bench: Any) -> Any:
    return json.loads((await bench.run(LOOKS)).output)


async def test_nothing_of_the_rehearsal_is_left(warm_bench: Any, ready: Any) -> None:
    warm, warm_bench.driver._warm = warm_bench.driver._warm, None
    cold = await seen(warm_bench)
    warm_bench.driver._warm = warm
    await ready()
    assert await seen(warm_bench) == cold
    assert cold[0] == []
    assert warm_bench.warm.started == 1


async def test_a_package_that_spoils_it_spoils_no_start(warm_bench: Any, ready: Any, install: Any) -> None:
    """What `main` gets is the package's own doing, as it would be cold; the zygote is there."""
    folder = install({"spoils": "import tempfile\nimport os\nos.unlink = None\n"})
    key = await ready(folder)
    assert warm_bench.warm.pool.refusal(key) == ""
    outcome = await warm_bench.run("def main(): return 1", dependencies=folder)
    assert (outcome.end, outcome.output) == (End.SUCCEEDED, b"1")
    assert warm_bench.warm.started == 1
