"""The difference between two versions, and which differences ask for more."""

import re
from typing import Any

import pytest
from codex32_server.kit.manifest.diff import diff_files, diff_manifests, diff_packages
from codex32_server.kit.manifest.package import package_from_files
from codex32_server.kit.manifest.schema import Manifest
from hypothesis import given
from hypothesis import strategies as st

REACH = {"network": ["*.example.com"]}
INJECTED = {"name": "TOKEN", "inject": "header:X-Key", "host": "a.example.com"}
MORNING = {"schedule": "0 9 * * *"}


def manifest(**keys: Any) -> Manifest:
    return Manifest.from_dict({"name": "a", **keys})


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({}, {"network": ["api.example.com"]}, "network"),
        ({"network": ["api.example.com"]}, {"network": ["*.example.com"]}, "network"),
        ({"network": ["*.example.com"]}, {"network": ["*.example.com", "api.example.com:80"]}, "network"),
        ({}, {"secrets": ["TOKEN"]}, "secrets"),
        ({}, {"calls": ["b"]}, "calls"),
        ({"calls": ["b"]}, {"calls": ["b", "*"]}, "calls"),
        (REACH, {**REACH, "secrets": [INJECTED]}, "secrets"),
        ({**REACH, "secrets": [INJECTED]}, {**REACH, "secrets": ["TOKEN"]}, "secrets"),
        (
            {**REACH, "secrets": [INJECTED]},
            {**REACH, "secrets": [{**INJECTED, "host": "b.example.com"}]},
            "secrets",
        ),
        ({}, {"triggers": [MORNING]}, "triggers"),
        ({"triggers": [MORNING]}, {"triggers": [{"schedule": "* * * * *"}]}, "triggers"),
        ({"triggers": [MORNING]}, {"triggers": [{**MORNING, "schedule": "0 9,12 * * *"}]}, "triggers"),
        (
            {"triggers": [{"schedule": "*/5 * * * *"}]},
            {"triggers": [{"schedule": "*/4 * * * *"}]},
            "triggers",
        ),
        ({"triggers": [MORNING]}, {"triggers": [MORNING, {**MORNING, "schedule": "0 1 1 1 *"}]}, "triggers"),
        ({"triggers": [MORNING]}, {"triggers": [{**MORNING, "environment": "prod"}]}, "triggers"),
        ({"triggers": [MORNING]}, {"triggers": [{**MORNING, "misfire": "all"}]}, "triggers"),
        ({}, {"triggers": [{"webhook": {}}]}, "triggers"),
        ({"triggers": [{"webhook": {}}]}, {"triggers": [{"webhook": {"auth": "token"}}]}, "triggers"),
        (
            {"triggers": [{"webhook": {}}]},
            {"triggers": [{"webhook": {"methods": ["POST", "GET"]}}]},
            "triggers",
        ),
        (
            {"triggers": [{"webhook": {}, "input": {"shop": "A"}}]},
            {"triggers": [{"webhook": {}, "input": {}}]},
            "triggers",
        ),
        ({}, {"limits": {"memory": "257MiB"}}, "limits.memory"),
        ({}, {"limits": {"timeout": "61s"}}, "limits.timeout"),
        ({}, {"limits": {"cpu": 1.5}}, "limits.cpu"),
        ({}, {"limits": {"processes": 65}}, "limits.processes"),
        ({}, {"retries": {"attempts": 4}}, "retries.attempts"),
        ({}, {"budget": {"per_run": "1 USD"}}, "budget.per_run"),
        ({"budget": {"per_run": "1 USD"}}, {"budget": {"per_run": "2 USD"}}, "budget.per_run"),
        (
            {"budget": {"per_run": "1 USD", "per_day": "1 USD"}},
            {"budget": {"per_day": "1 USD"}},
            "budget.per_run",
        ),
        ({"concurrency": 1}, {"concurrency": 2}, "concurrency"),
        ({"concurrency": 1}, {}, "concurrency"),
        ({}, {"knowledge": ["handbook"]}, "knowledge"),
        ({"knowledge": ["a"]}, {"knowledge": ["a", "b"]}, "knowledge"),
        ({}, {"isolation": "standard"}, "isolation"),
        ({"isolation": "standard"}, {"isolation": "minimal"}, "isolation"),
        ({}, {"kind": "service"}, "kind"),
    ],
)
def test_what_asks_for_more(before: dict[str, Any], after: dict[str, Any], path: str) -> None:
    changes = list(diff_manifests(manifest(**before), manifest(**after)))
    assert [change.path for change in changes if change.widening] == [path]


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"network": ["*.example.com"]}, {"network": ["*.example.com", "api.example.com"]}, "network"),
        ({"network": ["api.example.com"]}, {}, "network"),
        ({"secrets": ["A", "B"]}, {"secrets": ["B"]}, "secrets"),
        ({"calls": ["b", "c"]}, {"calls": ["b"]}, "calls"),
        ({"calls": ["*"]}, {"calls": ["*", "b"]}, "calls"),
        ({}, {"limits": {"memory": "128MiB"}}, "limits.memory"),
        ({"budget": {"per_run": "2 USD"}}, {"budget": {"per_run": "1 USD"}}, "budget.per_run"),
        ({"budget": {"per_run": "2 USD"}}, {}, "budget.per_run"),
        ({"triggers": [MORNING]}, {}, "triggers"),
        ({"triggers": [MORNING]}, {"triggers": [{**MORNING, "schedule": "30 7 * * 1"}]}, "triggers"),
        (
            {"triggers": [{"schedule": "*/5 * * * *"}]},
            {"triggers": [{"schedule": "1-59/6 * * * *"}]},
            "triggers",
        ),
        ({"triggers": [MORNING]}, {"triggers": [{**MORNING, "name": "morning"}]}, "triggers"),
        ({"triggers": [{"webhook": {"auth": "none"}}]}, {"triggers": [{"webhook": {}}]}, "triggers"),
        ({"triggers": [{"webhook": {}}]}, {"triggers": [{"webhook": {"answer": "sync"}}]}, "triggers"),
        ({}, {"title": "New"}, "title"),
        ({}, {"tags": ["x"]}, "tags"),
        ({}, {"retries": {"delay": "2s"}}, "retries.delay"),
        ({}, {"concurrency": 1}, "concurrency"),
        ({"isolation": "minimal"}, {}, "isolation"),
    ],
)
def test_what_does_not_ask_for_more(before: dict[str, Any], after: dict[str, Any], path: str) -> None:
    changes = list(diff_manifests(manifest(**before), manifest(**after)))
    assert {(change.path, change.widening) for change in changes} == {(path, False)}


def test_values_are_shown_as_people_write_them() -> None:
    before, after = manifest(), manifest(limits={"memory": "1GiB"}, budget={"per_run": "0.10 USD"})
    shown = {change.path: (change.before, change.after) for change in diff_manifests(before, after)}
    assert shown == {"limits.memory": ("256MiB", "1GiB"), "budget.per_run": (None, "0.1 USD")}


def test_a_first_version_is_compared_with_nothing() -> None:
    header = (
        '# /// script\n# dependencies = ["httpx"]\n# [tool.codex32]\n# name = "a"\n# secrets = ["T"]\n# ///\n'
    )
    package = package_from_files({"bot.py": header.encode() + b"def main(): ..."})
    found = diff_packages(None, package)
    assert [(change.path, change.after) for change in found.manifest] == [
        ("secrets", "T"),
        ("dependencies", "httpx"),
    ]
    assert found.files[0].kind == "added"
    assert (found.files[0].unified or "").startswith("--- /dev/null\n+++ b/bot.py\n")
    assert found.widening
    assert diff_packages(package, package).files == ()
    assert not diff_packages(package, package).widening


def test_bytes_and_long_texts_are_only_named() -> None:
    changes = list(diff_files({"a": b"\xff", "b": b"1\n" * 6000}, {"a": b"\xfe", "b": b"2\n" * 6000}))
    assert [(change.kind, change.unified) for change in changes] == [("changed", None), ("changed", None)]


limits = st.fixed_dictionaries(
    {}, optional={"cpu": st.sampled_from([0.5, 1.0, 2.0]), "memory": st.sampled_from(["64MiB", "1GiB"])}
)
manifests = st.fixed_dictionaries(
    {},
    optional={
        # Sorted, because their order means nothing and a different order is no change.
        "network": st.lists(
            st.sampled_from(["a.b.c", "*.b.c", "b.c", "a.b.c:80"]), unique=True, max_size=3
        ).map(sorted),
        "secrets": st.lists(st.sampled_from(["A", "B"]), unique=True).map(sorted),
        "limits": limits,
        "isolation": st.sampled_from(["strict", "standard", "minimal"]),
        "concurrency": st.integers(1, 3),
        "budget": st.fixed_dictionaries({}, optional={"per_run": st.sampled_from(["1 USD", "2 USD"])}),
        "title": st.sampled_from(["x", "y"]),
    },
).map(lambda keys: manifest(**keys))


@given(manifests, manifests)
def test_there_and_back(one: Manifest, other: Manifest) -> None:
    there, back = list(diff_manifests(one, other)), list(diff_manifests(other, one))
    assert (there == []) is (one == other)
    assert {(c.path, str(c.before), str(c.after)) for c in there} == {
        (c.path, str(c.after), str(c.before)) for c in back
    }
    widened = {(c.path, str(c.before), str(c.after)) for c in there if c.widening}
    assert not widened & {(c.path, str(c.after), str(c.before)) for c in back if c.widening}


@given(manifests, manifests, manifests)
def test_two_steps_cannot_hide_what_one_step_shows(one: Manifest, middle: Manifest, other: Manifest) -> None:
    if any(change.widening for change in diff_manifests(one, other)):
        steps = [*diff_manifests(one, middle), *diff_manifests(middle, other)]
        assert any(change.widening for change in steps)


texts = st.lists(st.sampled_from(["a", "b", "", "c\x0c", "-x", "+y"]), max_size=12).map("\n".join)


@given(texts, texts)
def test_a_patch_leads_from_one_text_to_the_other(old: str, new: str) -> None:
    changes = list(diff_files({"x": old.encode()}, {"x": new.encode()}))
    if old == new:
        assert changes == []
    else:
        assert patched(old, changes[0].unified or "") == new


def patched(old: str, diff: str) -> str:
    """Apply a unified diff, the plain way."""
    source = re.findall(r"[^\n]*\n|[^\n]+", old)
    result: list[str] = []
    at = 0
    for line in re.findall(r"[^\n]*\n", diff.replace("\n\\ No newline at end of file\n", "\x00\n"))[2:]:
        text = line[1:].replace("\x00\n", "")
        hunk = re.match(r"@@ -(\d+)(?:,(\d+))? ", line)
        if hunk:
            start = int(hunk[1]) - (0 if hunk[2] == "0" else 1)
            result += source[at:start]
            at = start
        elif line[0] == "+":
            result.append(text)
        else:
            assert source[at] == text
            result += [text] if line[0] == " " else []
            at += 1
    return "".join(result + source[at:])
