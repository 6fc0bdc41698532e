"""Secrets through the real sandbox: the bot can use them, and what it says of them is not kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from codex32_server.kit.manifest.schema import InjectedSecret
from codex32_server.runtime.contract import End, Injection, Limits
from codex32_server.runtime.delivery import PLACEHOLDER, SecretUnusableError, deliver

pytestmark = pytest.mark.sandbox

VALUE = 'sk_live/42+x=é&"q'
SIX_FORMS = """
import base64, json, sys, urllib.parse
from codex32_bot import log, secrets

def main(how: str) -> object:
    value = secrets["KEY"]
    assert len(value) == 17
    told = [
        value, base64.b64encode(b"user:" + value.encode()).decode(),
        base64.urlsafe_b64encode(b"u:" + value.encode()).decode(),
        urllib.parse.quote(value, safe=""), json.dumps(value), repr(value), value.encode().hex(),
    ]
    if how == "print":
        for text in told:
            print("see", text)
            print("see", text, file=sys.stderr)
            log.info("see " + text, told=text)
        for character in "see " + value:
            sys.stdout.write(character)
            sys.stdout.flush()
        print()
        return None
    if how == "raise":
        raise ValueError(" ".join(told))
    if how == "exit":
        sys.exit(" ".join(told))
    return {"told": told, value: [{"deep": value}]}
"""


def nothing_of_it(text: str) -> None:
    for part in (
        "sk_live",
        "live/42",
        "sk_live%2F42",
        "c2tfbGl2ZS",
        "NrX2xpdmUv",
        "za19saXZl",
        "736b5f6c697665",
    ):
        assert part not in text, text


async def run(bench: Any, how: str, **changes: Any) -> tuple[Any, str]:
    given = {"secrets": {"KEY": VALUE}, **changes}
    outcome = await bench.run(SIX_FORMS, input=json.dumps({"how": how}).encode(), **given)
    return outcome, "\n".join(line.text for line in bench.lines.lines)


async def test_printed_in_six_forms(bench: Any) -> None:
    outcome, log = await run(bench, "print")
    assert outcome.end is End.SUCCEEDED, outcome.error
    nothing_of_it(log)
    assert log.count("[secret KEY]") == 7 * 4 + 1
    assert bench.lines.texts("stdout")[0] == "see [secret KEY]"
    assert bench.lines.texts("stdout")[-1] == "see [secret KEY]"


async def test_returned(bench: Any) -> None:
    outcome, _ = await run(bench, "return")
    nothing_of_it(outcome.output.decode())
    document = json.loads(outcome.output)
    assert document["told"][0] == "[secret KEY]"
    assert document["[secret KEY]"] == [{"deep": "[secret KEY]"}]


async def test_raised(bench: Any) -> None:
    outcome, log = await run(bench, "raise")
    assert outcome.error.code == "bot_error"
    assert outcome.error.detail.startswith("ValueError: [secret KEY] ")
    nothing_of_it(outcome.error.detail + outcome.error.traceback + log)


async def test_left_as_the_last_word(bench: Any) -> None:
    outcome, log = await run(bench, "exit")
    assert outcome.error.code == "exit_code"
    assert "[secret KEY]" in log
    nothing_of_it(log)


async def test_a_long_line_is_not_cut_through_a_value(bench: Any) -> None:
    source = (
        "from codex32_bot import log, secrets\ndef main():\n"
        "    for n in range(995, 1001):\n"
        "        print('.' * n + secrets['KEY'] + '.' * 200)\n"
        "        log.info('.' * n + secrets['KEY'] + '.' * 200)\n"
    )
    outcome = await bench.run(
        source, secrets={"KEY": "abcdefghijkl"}, limits=Limits(timeout=20, log_line=1000)
    )
    assert outcome.end is End.SUCCEEDED, outcome.error
    for line in bench.lines.lines:
        assert "abc" not in line.text
        assert line.text.endswith("[line cut]")


async def test_a_long_error_is_not_cut_through_a_value(bench: Any) -> None:
    source = "from codex32_bot import secrets\ndef main(): raise ValueError('.' * 1980 + secrets['KEY'])"
    outcome = await bench.run(source, secrets={"KEY": "abcdefghijkl"})
    assert "abcd" not in outcome.error.detail
    assert outcome.error.detail.endswith("[secret KEY]")


async def test_nothing_of_it_is_in_the_environment_or_on_a_command_line(bench: Any) -> None:
    source = (
        "import os\nfrom pathlib import Path\nfrom codex32_bot import secrets\n"
        "def main():\n    found = []\n"
        "    for entry in Path('/proc').iterdir():\n"
        "        if not entry.name.isdigit(): continue\n"
        "        for name in ('cmdline', 'environ'):\n"
        "            try: text = (entry / name).read_bytes()\n"
        "            except OSError: continue\n"
        "            if secrets['KEY'].encode() in text: found.append(str(entry / name))\n"
        "    return found + [name for name, value in os.environ.items() if secrets['KEY'] in value]"
    )
    outcome = await bench.run(source, secrets={"KEY": "abcdefghijkl"})
    assert outcome.output == b"[]"


async def test_an_injected_secret_is_a_placeholder_inside(bench: Any) -> None:
    wanted = [
        InjectedSecret(name="STRIPE_KEY", inject="header:Authorization", host="api.stripe.com"),
        "PLAIN",
    ]
    given = deliver(wanted, {"STRIPE_KEY": "Bearer sk_live_value", "PLAIN": "plain-value"})
    source = (
        "from codex32_bot import secrets\ndef main(seen):\n"
        "    print('the host said', seen)\n"
        "    return [secrets['STRIPE_KEY'][::-1], secrets['STRIPE_KEY'], secrets('PLAIN')]"
    )
    outcome = await bench.run(
        source, input=b'{"seen": "Bearer sk_live_value"}', secrets=given.secrets, injections=given.injections
    )
    reversed_, placeholder, plain = json.loads(outcome.output)
    assert (reversed_[::-1], plain) == (placeholder, "[secret PLAIN]")
    assert placeholder == given.secrets["STRIPE_KEY"]
    assert bench.lines.texts("stdout") == ["the host said [secret STRIPE_KEY]"]


def test_what_is_delivered() -> None:
    wanted = [InjectedSecret(name="KEY", inject="header:X-Key", host="a.example:8443"), "PLAIN"]
    first, second = (deliver(wanted, {"KEY": "value\n", "PLAIN": "two\nlines\n"}) for _ in range(2))
    assert first.secrets["PLAIN"] == "two\nlines\n"
    assert first.secrets["KEY"].startswith(PLACEHOLDER)
    assert len(first.secrets["KEY"]) == len(PLACEHOLDER) + 32
    assert first.secrets["KEY"] != second.secrets["KEY"]
    assert first.injections == [Injection("KEY", "a.example:8443", "X-Key", "value")]
    assert "value" not in repr(first)
    assert "two" not in repr(first)


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\0b", "\n", "a\tb", "a\x7fb"])
def test_a_header_takes_no_control_characters(value: str) -> None:
    wanted = [InjectedSecret(name="KEY", inject="header:X-Key", host="a.example")]
    with pytest.raises(SecretUnusableError, match="KEY") as caught:
        deliver(wanted, {"KEY": value})
    assert value not in caught.value.detail


async def test_a_secret_that_the_manifest_does_not_name(bench: Any) -> None:
    source = "from codex32_bot import secrets\ndef main(): return secrets['OTHER']"
    outcome = await bench.run(source, secrets={"KEY": VALUE})
    assert 'add secrets = ["OTHER"] to [tool.codex32]' in outcome.error.detail


async def test_tests_get_none_and_are_told_what_to_do(bench: Any) -> None:
    files = {
        "bot.py": "from codex32_bot import secrets\ndef main(): return len(secrets['KEY'])",
        "test_bot.py": (
            "from bot import main\nfrom codex32_bot.testing import workbench\n"
            "def test_with():\n    with workbench(secrets={'KEY': 'abc'}):\n        assert main() == 3\n"
            "def test_without():\n    main()\n"
        ),
    }
    outcome = await bench.run(files, mode="tests")
    report = json.loads(outcome.output)
    assert (report["passed"], report["failed"]) == (1, 1)
    (failed,) = [test for test in report["tests"] if test["outcome"] == "failed"]
    assert 'workbench(secrets={"KEY"' in failed["message"]
