"""Log lines: ECS JSON or text, with the ids they are about and without secrets."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from codex32_server.telemetry.logs import about, configure_logs
from codex32_server.telemetry.redaction import Redactor

SECRET = "s3cr3t/val+ue=="


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


def start(style: str = "json", level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    configure_logs(service="api", level=level, style=style, redactor=Redactor([SECRET]), stream=stream)
    return stream


def documents(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_an_ecs_document_with_ids_as_labels() -> None:
    stream = start()
    with about(request_id="r-1", workspace_id="w-1"):
        structlog.get_logger("codex32.api").info("bot created", bot="cleaner")
    (document,) = documents(stream)
    assert document["message"] == "bot created"
    assert document["log.level"] == "info"
    assert document["service.name"] == "api"
    assert document["labels"] == {"request_id": "r-1", "workspace_id": "w-1"}
    assert document["codex32"] == {"bot": "cleaner"}
    assert str(document["@timestamp"]).endswith("Z")


def test_ids_end_with_their_block() -> None:
    stream = start()
    with about(run_id="x"):
        pass
    structlog.get_logger().info("later")
    assert "labels" not in documents(stream)[0]


def test_libraries_are_written_the_same_way() -> None:
    stream = start()
    logging.getLogger("some.library").warning("pool of %d is %s", 5, SECRET)
    (document,) = documents(stream)
    assert document["message"] == "pool of 5 is ***"
    assert document["log.logger"] == "some.library"


def test_an_exception_has_fields_of_its_own_and_no_secret() -> None:
    stream = start()
    try:
        raise ValueError(f"cannot use {SECRET}")
    except ValueError:
        structlog.get_logger().exception("failed")
    (document,) = documents(stream)
    assert document["error.type"] == "ValueError"
    assert document["error.message"] == "cannot use ***"
    assert "Traceback" in str(document["error.stack_trace"])
    assert SECRET not in stream.getvalue()


def test_text_is_for_people_and_redacted_too() -> None:
    stream = start("text")
    structlog.get_logger().info("hello", password="x", note=f"a {SECRET}")
    assert "hello" in stream.getvalue()
    assert "password=***" in stream.getvalue()
    assert SECRET not in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_without_a_terminal_auto_is_json_and_the_level_is_kept() -> None:
    stream = start("auto", "warning")
    structlog.get_logger().info("unheard")
    structlog.get_logger().warning("heard")
    assert [document["message"] for document in documents(stream)] == ["heard"]
