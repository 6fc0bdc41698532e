"""A clean workbench for the tests of a bot: its own input files, outputs, state and log.

    from codex32_bot.testing import workbench
    from bot import main

    def test_drops_rows_without_email():
        with workbench(inputs={"contacts.csv": "name,email\\nAnn,a@b.c\\nBob,\\n"}) as bench:
            result = main("contacts.csv")
        assert result["dropped"] == 1
        assert bench.output_text("clean.csv") == "name,email\\nAnn,a@b.c\\n"

What the bot left stays readable after the block.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import weakref
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import _platform
from ._bench import Answer, Called, DurableBench, Emitted, Reply
from ._bench_mail import Mail
from ._bench_models import Asked, ModelBench, Said
from ._bench_network import Answered, NetworkBench, Request, Response
from ._bench_sockets import on_the_bench
from ._bench_sql import Found, SqlBench, database_on_the_bench
from ._local_knowledge import found, rank

__all__ = [
    "Answer",
    "Answered",
    "Asked",
    "Bench",
    "Called",
    "Emitted",
    "Found",
    "Logged",
    "Mail",
    "Reply",
    "Request",
    "Response",
    "Said",
    "workbench",
]


@dataclass(frozen=True)
class Logged:
    """One call of `codex32_bot.log`."""

    level: str
    text: str
    fields: dict[str, Any] = field(default_factory=dict[str, Any])


class Bench(DurableBench, ModelBench, NetworkBench, SqlBench):
    """What a test sees of its bot. `state` is a plain dict, `logs` the calls of `log` in order, `events`,
    `called` and `slept` what it emitted, which bots it called and how long it slept, `asked` what it asked
    models, `requests` and `mails` what it sent.
    """

    def __init__(
        self,
        state: Mapping[str, Any],
        environment: str,
        secrets: Mapping[str, str] | None = None,
        calls: Mapping[str, Reply] | None = None,
        approvals: Mapping[str, Answer] | None = None,
        knowledge: Mapping[str, Sequence[str]] | None = None,
        models: Mapping[str, Said | Sequence[Said]] | None = None,
        http: Mapping[str, Answered] | None = None,
        certificates: Mapping[str, str] | None = None,
        sql: Mapping[str, Found] | None = None,
    ) -> None:
        DurableBench.__init__(self, calls or {}, approvals or {})
        ModelBench.__init__(self, models)
        NetworkBench.__init__(self, http, certificates)
        SqlBench.__init__(self, sql)
        self.searched: list[tuple[str, str]] = []
        """(base, question) of each search."""
        self._knowledge = dict(knowledge or {})
        self.folder = Path(tempfile.mkdtemp(prefix="workbench-"))
        self._cleanup = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.input_folder = str(self.folder / "input")
        self.output_folder = str(self.folder / "output")
        Path(self.input_folder).mkdir()
        Path(self.output_folder).mkdir()
        self.state: dict[str, Any] = json.loads(json.dumps(dict(state)))
        self.logs: list[Logged] = []
        self.beats = 0
        """Calls of `service.heartbeat` and `service.ready`."""
        self.environment = environment
        self._secrets = dict(secrets or {})

    def add_input(self, name: str, content: str | bytes) -> Path:
        """Put one more input file on the bench."""
        path = Path(self.input_folder, name)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def outputs(self) -> list[str]:
        """Names of the files the bot left, sorted."""
        return sorted(path.name for path in Path(self.output_folder).iterdir())

    def output_path(self, name: str) -> Path:
        """Where the output file of that name is. Raises FileNotFoundError that names what there is."""
        path = Path(self.output_folder, name)
        if not path.is_file():
            raise FileNotFoundError(
                f"the bot left no file {name!r}; it left: {', '.join(self.outputs()) or 'none'}"
            )
        return path

    def output_text(self, name: str) -> str:
        """The output file as UTF-8 text, line ends as written."""
        return self.output_bytes(name).decode()

    def output_bytes(self, name: str) -> bytes:
        """The output file as it is."""
        return self.output_path(name).read_bytes()

    def log_texts(self, level: str | None = None) -> list[str]:
        """The texts of the log calls, of one level if given."""
        return [entry.text for entry in self.logs if level in (None, entry.level)]

    # The port of codex32_bot._platform:

    def log(self, level: str, text: str, fields: dict[str, Any]) -> None:
        self.logs.append(Logged(level, text, fields))

    def state_get(self, key: str) -> tuple[bool, Any]:
        return key in self.state, json.loads(json.dumps(self.state.get(key)))

    def state_set(self, key: str, value: Any) -> None:
        self.state[key] = json.loads(json.dumps(value))

    def state_delete(self, key: str) -> None:
        self.state.pop(key, None)

    def state_keys(self, prefix: str) -> Sequence[str]:
        return [key for key in self.state if key.startswith(prefix)]

    def state_swap(self, key: str, expected: tuple[bool, Any], value: Any) -> bool:
        present = (key in self.state, json.dumps(self.state.get(key), sort_keys=True))
        if present != (expected[0], json.dumps(expected[1], sort_keys=True)):
            return False
        self.state_set(key, value)
        return True

    def search(self, base: str, query: str, top: int, where: str) -> list[dict[str, Any]]:  # noqa: ARG002 - the port's
        name = base or next(iter(self._knowledge), "")
        if name not in self._knowledge:
            raise ValueError(
                f"the bench knows no base {name!r}: workbench(knowledge={{{name!r}: [TEXT, …]}})"
            )
        self.searched.append((name, query))
        texts = list(self._knowledge[name])
        return [found(texts[index], name, index, score) for index, score in rank(query, texts)[:top]]

    def service_beat(self) -> None:
        self.beats += 1

    def lead_to(self, database: str) -> None:
        """The secret `DATABASE_URL` is this address, if there is one."""
        if database:
            self._secrets["DATABASE_URL"] = database

    def secret(self, name: str) -> str | None:
        return self._secrets.get(name)

    def secret_hint(self, name: str) -> str:
        return f'this bench has none of that name: workbench(secrets={{"{name}": "…"}})'

    def run_info(self) -> dict[str, Any]:
        return {
            "id": "test",
            "bot": "test",
            "attempt": self.attempt,
            "environment": self.environment,
            "deadline": None,
        }


@contextmanager
def workbench(
    *,
    inputs: Mapping[str, str | bytes] | None = None,
    state: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    environment: str = "dev",
    calls: Mapping[str, Reply] | None = None,
    approvals: Mapping[str, Answer] | None = None,
    knowledge: Mapping[str, Sequence[str]] | None = None,
    models: Mapping[str, Said | Sequence[Said]] | None = None,
    http: Mapping[str, Answered] | None = None,
    certificates: Mapping[str, str] | None = None,
    sql: Mapping[str, Found] | None = None,
) -> Generator[Bench]:
    """Run a bot's `main` on a bench of its own; inside the block everything of `codex32_bot` uses it.

    `calls`: bot → its output, an exception to raise, or a function of the input. `approvals`: name →
    `approve`, `reject`, `expired`, or a Decision. `knowledge`: base → texts, of which a search finds those
    that share words with the question. `models`: alias (or `*` for any) → what the model says: a text, a
    document, an exception to raise, a function of the messages, or a list of these in turn. Sleeps take no
    time. `bench.again()` begins another attempt, which finds the finished steps.

    `http`: a URL (or `POST https://…`, or a beginning that ends in `*`; a URL without its query stands for
    any query) → a text, bytes, a document (as JSON), a `Response(status, body, headers)`, an exception to
    raise, a function of the `Request`, or a list of these in turn. Nothing reaches the network; an address
    that is not named raises AssertionError, at the end of the block if the bot hid it. Mail servers need no
    name.
    `certificates`: host → the last day of its certificate, such as `2026-01-31`.

    `sql`: a query (or `*` for any) → the rows that a PostgreSQL finds, an exception whose text is its error,
    or a function of the query. The secret `DATABASE_URL` leads to it; `bench.queries` is what it was asked.
    """
    bench = Bench(
        state or {}, environment, secrets, calls, approvals, knowledge, models, http, certificates, sql
    )
    for name, content in (inputs or {}).items():
        bench.add_input(name, content)
    restore = _platform.use(bench)
    try:
        with database_on_the_bench(bench, sql is not None) as database, on_the_bench(bench):
            bench.lead_to(database)
            yield bench
    except BaseException as error:
        for line in bench.unanswered:
            error.add_note(line)
        raise
    finally:
        restore()
    if bench.unanswered:
        raise AssertionError("; ".join(bench.unanswered))
