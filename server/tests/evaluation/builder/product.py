"""The whole way through the product: a real installation, its API, its worker, its sandbox."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from codex32_server.features.builder.contract import Question
from evaluation.builder.judging import Outcome
from support.installation import Installation

_KEY = "evaluation-key-of-at-least-24-characters"
_REST = 60
_PATIENCE = 600.0


@dataclass(frozen=True)
class Product:
    """The API of an installation, with the key of its owner."""

    http: httpx.AsyncClient
    engine: str
    budget: str = "1"
    """US dollars that one session may cost."""

    async def ask(self, text: str, answers: Mapping[str, str], zone: str) -> Outcome:
        """One session up to its review page; it is cancelled afterwards, so that nothing is left."""
        wish = {
            "text": text,
            "answers": dict(answers),
            "timezone": zone,
            "engine": self.engine,
            "budget_usd": self.budget,
        }
        opened = await self.http.post("/builder/sessions", json=wish)
        if opened.status_code != 201:
            return Outcome("failed", reason=opened.text[:300])
        session = await self._rested(opened.json())
        await self.http.post(f"/builder/sessions/{session['id']}/cancel")
        return _outcome(session)

    async def _rested(self, session: dict[str, Any]) -> dict[str, Any]:
        while session["status"] == "working":
            found = await self.http.get(f"/builder/sessions/{session['id']}", params={"wait": _REST})
            found.raise_for_status()
            session = found.json()
        return session


@asynccontextmanager
async def product(folder: Path, engine: str, budget: str = "1", **settings: str) -> AsyncGenerator[Product]:
    """An installation of its own, which ends with the block."""
    here = Installation(folder, CODEX32_BOOTSTRAP_API_KEY=_KEY, **settings)
    told = here.up()
    if told.code:
        raise SystemExit(f"the product does not start: {told.err or told.out}")
    try:
        headers = {"Authorization": f"Bearer {_KEY}"}
        async with httpx.AsyncClient(
            base_url=f"{here.url}/api/v1", headers=headers, timeout=_PATIENCE
        ) as http:
            yield Product(http, engine, budget)
    finally:
        here.down()


def _outcome(session: dict[str, Any]) -> Outcome:
    money = float(session["cost_usd"] or 0)
    rounds = max(int(session["rounds"]) - 1, 0)
    status, reason = session["status"], session["error"] or ""
    if status == "asking":
        return Outcome("asked", questions=[_question(one) for one in session["questions"]], money=money)
    if status == "reviewing":
        files = next(row["document"]["files"] for row in session["stages"] if row["stage"] == "code")
        tested = next(row["document"] for row in session["stages"] if row["stage"] == "tests")
        kind = "built" if tested["proof"] == "proven" else "unproven"
        return Outcome(kind, files=files, reason=tested["reason"], rounds=rounds, money=money)
    written = any(row["stage"] == "code" and row["status"] == "done" for row in session["stages"])
    if status == "refused":
        return Outcome("unproven" if written else "refused", reason=reason, rounds=rounds, money=money)
    return Outcome("unproven" if written else "failed", reason=reason, rounds=rounds, money=money)


def _question(told: Mapping[str, Any]) -> Question:
    return Question(
        id=told["id"], text=told["text"], kind=told["kind"], about=told["about"] or "",
        choices=told["choices"], default=told["default"],
    )  # fmt: skip
