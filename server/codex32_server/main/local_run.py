"""`codex32 run FILE.py`: the command line's hook that runs a bot in the sandbox with no server at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import typer
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import typed_fields
from codex32_sdk.cli.exits import ExitCode
from codex32_sdk.cli.watching import result_document, show_end
from codex32_sdk.models import Run, RunFailure, RunFile

from codex32_server.features.secrets.facade import SecretMissingError
from codex32_server.kit import json_schema
from codex32_server.kit.errors import InvalidInputError
from codex32_server.kit.isolation import IsolationConsent
from codex32_server.kit.manifest.limits import Budget
from codex32_server.kit.manifest.package import BotPackage, read_package
from codex32_server.kit.network.gateway import parse_gateway
from codex32_server.main.egress import egress_proxy
from codex32_server.main.options import Options, home_of
from codex32_server.main.telling import told
from codex32_server.runtime import standalone
from codex32_server.runtime.contract import LogLine, Outcome
from codex32_server.runtime.standalone import StandaloneResult, StandaloneRun, limits_of
from codex32_server.settings.model import Settings
from codex32_server.storage.homes import Home

_FOLDER = "standalone"
_MARKED = frozenset({"warning", "error"})


def run_file(
    path: Path,
    *,
    input: dict[str, Any],
    fields: dict[str, str],
    files: dict[str, Path],
    environment: str | None,
    timeout: float | None,
    secrets: dict[str, str],
    folder: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run it and print what `codex32 run` prints for a bot of a server; raises Exit with 1 if it failed."""
    with told(), tempfile.TemporaryDirectory(prefix="codex32-") as scratch:
        settings = Options().settings()
        package = read_package(path)
        gateway, key = _models(package, os.environ)
        what = StandaloneRun(
            path,
            input=_input(package, input | typed_fields(fields, package.input_schema)),
            input_files=files,
            outputs=folder or Path(scratch),
            limits=replace(limits_of(package), timeout=timeout) if timeout else None,
            environment=environment or "dev",
            secrets=_secrets(package, secrets, os.environ),
            model_key=key,
        )
        result = asyncio.run(_run(what, settings, home_of(settings), gateway, quiet=quiet))
    run = _as_run(result, what)
    if as_json:
        terminal.document(result_document(run))
    else:
        show_end(run, kept=folder)
    if run.status != "succeeded":
        raise typer.Exit(ExitCode.FAILED)


async def _run(
    what: StandaloneRun, settings: Settings, home: Home, gateway: str | None, *, quiet: bool
) -> StandaloneResult:
    running = asyncio.create_task(
        standalone.run(
            what,
            home=home.data_root / _FOLDER,
            shared=home.runtime_root.parent,
            on_line=_ignore if quiet else _show,
            require_cgroup=settings.worker.require_cgroup,
            # Whoever runs their own file trusts it; whether `minimal` exists is still the setting's word.
            consent=IsolationConsent(settings.worker.isolation_minimum, frozenset({standalone.WORKSPACE})),
            egress=egress_proxy(settings.egress, gateway),
        )
    )
    # Ctrl-C must reach the sandbox as a cancellation, so that nothing of it is left.
    with contextlib.suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, running.cancel)
    try:
        return await running
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _input(package: BotPackage, given: Mapping[str, Any]) -> bytes:
    """Checked as the API checks it. Raises InputMisfitError."""
    if problems := json_schema.check(package.input_schema, given):
        raise json_schema.InputMisfitError.of(problems)
    return json.dumps(given, allow_nan=False).encode()


def _models(package: BotPackage, environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The gateway and key of this shell, for a bot with a budget; the gateway keeps the budget of the key.

    Raises InvalidInputError for an address that is none.
    """
    gateway, key = environ.get("CODEX32_LLM_URL"), environ.get("CODEX32_LLM_KEY")
    if package.manifest.budget == Budget():
        return None, None
    if not gateway or not key:
        terminal.say(
            "The bot may use models, but there is no gateway here: export CODEX32_LLM_URL=http://HOST:PORT/llm/v1"
            " and CODEX32_LLM_KEY=sk-c32-….",
            style="dim",
        )
        return None, None
    try:
        parse_gateway(gateway)
    except ValueError as error:
        raise InvalidInputError(f"CODEX32_LLM_URL: {error}.") from None
    return gateway, key


def _secrets(
    package: BotPackage, variables: Mapping[str, str], environ: Mapping[str, str]
) -> Mapping[str, str]:
    """Each from the variable named for it, or the one of its own name.

    Raises SecretMissingError, InvalidInputError for a secret that the manifest does not name.
    """
    names = package.manifest.secret_names
    for name in variables:
        if name not in names:
            raise InvalidInputError(
                f"The manifest of {package.manifest.name} names no secret {name}.",
                next_step=f'Add secrets = ["{name}"] to [tool.codex32] in the header.',
            )
    sources = {name: variables.get(name, name) for name in names}
    for name, variable in sources.items():
        if not environ.get(variable):
            raise SecretMissingError(
                f"The bot needs the secret {name}, and the environment variable {variable} is not set.",
                next_step=f"export {variable}=…, or name another variable with --secret {name}=VARIABLE.",
            )
    return {name: environ[variable] for name, variable in sources.items()}


def _as_run(result: StandaloneResult, what: StandaloneRun) -> Run:
    outcome: Outcome = result.outcome
    error = outcome.error
    return Run(
        id=str(uuid4()),
        status=outcome.end.value,
        attempt=1,
        attempts=1,
        bot_name=result.package.manifest.name,
        environment=what.environment,
        output=json.loads(outcome.output) if outcome.output is not None else None,
        error=RunFailure(code=error.code, detail=error.detail) if error else None,
        duration_ms=round(outcome.use.wall_seconds * 1000),
        files=[
            RunFile(name=file.name, size=file.size, content_type=file.content_type) for file in outcome.files
        ],
    )


def _show(line: LogLine) -> None:
    mark = f"[{line.level}] " if line.level in _MARKED else ""
    terminal.say(f"{mark}{line.text}", style="dim")


def _ignore(_: LogLine) -> None:
    return None
