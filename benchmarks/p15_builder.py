"""P15: from a sentence to a proven bot that is published, without a language model, through API, worker and
sandbox.

Counted from just before `POST /builder/sessions` until the answer of `publish`, as `codex32 new --yes` does
it: the session is followed by its events. `create` is the part until the session's record was there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from _harness import percentile, report, show

WISHES = (
    "every weekday at 9 drop rows without an email from contacts.csv and deduplicate by email",
    "every monday at 8 give me a report on sales.csv",
    "sum of amount by category of orders.csv",
    "count the words in notes.txt",
    "every day at 9 remind me to stretch",
)


def main() -> None:
    arguments = _arguments()
    with installation() as client:
        for wish in WISHES:
            _build(client, wish)
        totals, creates = list[float](), list[float]()
        medians = list[float]()
        for _ in range(arguments.repeats):
            round_of = [_build(client, wish) for wish in WISHES for _ in range(arguments.each)]
            totals += [total for total, _ in round_of]
            creates += [create for _, create in round_of]
            medians.append(percentile([total for total, _ in round_of], 0.5))
    create = percentile(creates, 0.5) * 1000
    answer = report(
        "P15", medians, unit="s p50", must=5.0, aim=1.5, lower_is_better=True,
        p95=round(percentile(totals, 0.95), 3), create_ms=round(create, 1), builds=len(totals),
        load=round(os.getloadavg()[0], 2),
    )  # fmt: skip
    answer["met_must"] = answer["met_must"] and create <= 500
    show(answer, [("p95", f"{percentile(totals, 0.95):.2f} s"), ("record", f"{create:.0f} ms p50")])


@contextmanager
def installation() -> Generator[httpx.Client]:
    """Everything, started by `codex32 up` in a home of its own; gone afterwards."""
    # Under /var/tmp, which other accounts may traverse as the database's account must.
    base = Path(tempfile.mkdtemp(prefix="codex32-p15-", dir="/var/tmp"))
    base.chmod(0o711)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CODEX32_")}
    environment = inherited | {"XDG_CONFIG_HOME": str(base / "config")}
    program, home = Path(sys.executable).with_name("codex32"), str(base / "home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    try:
        subprocess.run(
            [program, "up", "--home", home, "--port", port, "--detach"],
            env=environment, check=True, capture_output=True,
        )  # fmt: skip
        profile = json.loads(next((base / "config").rglob("*.json")).read_text())
        headers = {"Authorization": f"Bearer {profile['api_key']}"}
        with httpx.Client(base_url=f"{profile['url']}/api/v1", headers=headers, timeout=60) as client:
            yield client
    finally:
        subprocess.run([program, "down", "--home", home], env=environment, check=False, capture_output=True)
        shutil.rmtree(base, ignore_errors=True)


def _build(client: httpx.Client, wish: str) -> tuple[float, float]:
    """Seconds until it was published, and until its record was there."""
    began = time.perf_counter()
    session: dict[str, Any] = _checked(client.post("/builder/sessions", json={"text": wish}))
    created = time.perf_counter() - began
    with client.stream("GET", f"/builder/sessions/{session['id']}/events") as events:
        ends = [line for line in events.iter_lines() if line.startswith("data:")][-1]
    status = json.loads(ends.removeprefix("data:"))["status"]
    if status != "reviewing":
        raise SystemExit(f"{wish!r} ended as {status}")
    _checked(client.post(f"/builder/sessions/{session['id']}/publish"))
    return time.perf_counter() - began, created


def _checked(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise SystemExit(answer.text)
    return answer.json()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=3, help="builds of each sentence in a round")
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
