"""Which models answer in an evaluation: the scripted one, that of this machine, or one of a real provider.

The key of a provider comes from `EVAL_PROVIDER_KEY`, or from the file that `EVAL_PROVIDER_KEY_FILE` names; it
is no argument, so that no list of processes shows it.
"""

from __future__ import annotations

import argparse
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evaluation.builder import oracle
from evaluation.builder.product import Product

KEY = "EVAL_PROVIDER_KEY"
_NAME = "evaluated"
_ALIASES = ("fast", "code", "smart")
"""What the builder asks for; the last is asked where the others come no further."""


@dataclass(frozen=True)
class Answering:
    """A provider, and its models by what the builder asks for."""

    label: str
    """In the table and in the trend."""
    provider: Mapping[str, Any] = field(repr=False)
    """As the API takes it, with the key."""
    model: str
    strong: str
    prices: Mapping[str, str] | None = None
    """US dollars a million tokens; None: as the catalogue says."""

    @property
    def settings(self) -> dict[str, str]:
        """What the administrator of the installation must allow."""
        host = urlsplit(str(self.provider.get("base_url") or "")).hostname or ""
        try:
            address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
        except ValueError:
            return {}
        return (
            {"CODEX32_EGRESS_ALLOW_PRIVATE": f"{address}/{address.max_prefixlen}"}
            if address.is_private
            else {}
        )

    async def join(self, here: Product) -> None:
        """Become the models of the workspace. Raises SystemExit with what was refused."""
        await _done(here, "POST", "/models/providers", {"name": _NAME, **self.provider})
        for model in {self.model, self.strong} if self.prices else ():
            told = {
                "context_tokens": 128_000,
                "most_output_tokens": 32_000,
                "prices": dict(self.prices or {}),
            }
            await _done(here, "PUT", f"/models/settings/{_NAME}?model={model}", told)
        for alias in _ALIASES:
            model = self.strong if alias == "smart" else self.model
            target = {"targets": [{"provider": _NAME, "model": model}]}
            await _done(here, "PUT", f"/models/aliases/{alias}", target)


def scripted(url: str) -> Answering:
    """The oracle that is served at the URL."""
    prices = {"input": "0.10", "output": "0.40"}
    return Answering("models", {"kind": "compatible", "base_url": url}, oracle.MODEL, oracle.MODEL, prices)


def of_provider(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Answering:
    """As the arguments say. Raises SystemExit with what is missing."""
    if not arguments.model or not (arguments.preset or arguments.base_url):
        raise SystemExit("--engine provider needs --model, and --preset or --base-url")
    told = {"preset": arguments.preset, "base_url": arguments.base_url, "key": _key(environment)}
    provider = {name: value for name, value in told.items() if value}
    if not arguments.preset:
        provider["kind"] = "compatible"
    prices = dict(zip(("input", "output"), arguments.prices, strict=True)) if arguments.prices else None
    strong = arguments.strong or arguments.model
    return Answering(f"models: {arguments.model}", provider, arguments.model, strong, prices)


def _key(environment: Mapping[str, str]) -> str:
    """Empty for a server that wants none."""
    path = environment.get(f"{KEY}_FILE", "")
    if path and environment.get(KEY):
        raise SystemExit(f"{KEY} and {KEY}_FILE are both set; set one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip() if path else environment.get(KEY, "")
    except OSError as error:
        raise SystemExit(f"{KEY}_FILE: {error}") from None


async def _done(here: Product, method: str, path: str, body: Mapping[str, Any]) -> None:
    made = await here.http.request(method, path, json=body)
    if made.is_error:
        raise SystemExit(f"{path}: {made.text}")
