# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "duplicate-files"
# title = "Duplicate files"
# description = "Finds files with the same content under different names, and what they waste."
# role = "analyzer"
# tags = ["files"]
# limits = { memory = "128MiB", timeout = "5m" }
# ///
"""Find files with the same content under different names, and what they waste."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TypedDict

from codex32_bot import files


class Group(TypedDict):
    names: list[str]
    size: int
    sha256: str


class Report(TypedDict):
    files: int
    groups: list[Group]
    wasted_bytes: int


def main(smallest: int = 1) -> Report:
    """Compare all input files.

    Args:
        smallest: Files with fewer bytes are left out.
    """
    by_size: dict[int, list[str]] = defaultdict(list)
    for name in files.inputs():
        size = files.input(name).stat().st_size
        if size >= smallest:
            by_size[size].append(name)
    groups: list[Group] = []
    for size, names in by_size.items():
        # Only files of equal size can be equal: most are never read.
        by_digest: dict[str, list[str]] = defaultdict(list)
        for name in names if len(names) > 1 else []:
            with files.input(name).open("rb") as stream:
                by_digest[hashlib.file_digest(stream, "sha256").hexdigest()].append(name)
        groups += [
            Group(names=sorted(same), size=size, sha256=digest)
            for digest, same in by_digest.items()
            if len(same) > 1
        ]
    groups.sort(key=lambda group: (-group["size"] * (len(group["names"]) - 1), group["names"]))
    return {
        "files": sum(map(len, by_size.values())),
        "groups": groups,
        "wasted_bytes": sum(group["size"] * (len(group["names"]) - 1) for group in groups),
    }
