"""What can go wrong between a program and the server, as values; not how it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with one field of what was sent; `line` and `column` point into a source file."""

    field: str
    detail: str
    line: int | None = None
    column: int | None = None


class ApiError(Exception):
    """The server said no. `code` is stable; `next_step` is a sentence for a person.

    `status` is the HTTP status, 0 where no answer came.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        fields: Sequence[FieldProblem] = (),
        next_step: str = "",
        status: int = 0,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.fields = tuple(fields)
        self.next_step = next_step
        self.status = status
        self.retry_after = retry_after
        """Seconds the server asks to wait before another try."""
        self.frame: dict[str, Any] = {}
        """Members that the command prints in any case, so that a script finds them in a failure too."""

    def as_problem(self) -> dict[str, Any]:
        """The error as the API spells it (RFC 9457 with our members), and as a run spells its own."""
        return {
            **self.frame,
            "error": {"code": self.code, "detail": self.detail},
            "code": self.code,
            "status": self.status,
            "detail": self.detail,
            "fields": [
                {name: value for name, value in vars(field).items() if value is not None}
                for field in self.fields
            ],
            "next_step": self.next_step,
        }


class UnreachableError(ApiError):
    """No answer came: nothing listens there, or the connection broke."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            "unreachable",
            f"The server at {url} does not answer ({reason}).",
            next_step="Start it with `codex32 up`, or set CODEX32_URL to where it is.",
        )


class NoProfileError(ApiError):
    """Nobody said which server to talk to."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "no_profile",
            detail,
            next_step="Run `codex32 up` first, or set CODEX32_URL and CODEX32_API_KEY.",
        )


def error_from(status: int, body: object, retry_after: str | None = None) -> ApiError:
    """The error in an answer; anything may stand between us and the server, so any body is understood."""
    seconds = float(retry_after) if retry_after and retry_after.isdigit() else None
    if not isinstance(body, dict):
        return ApiError(
            "unexpected_answer",
            f"The server answered {status} without saying why.",
            next_step="Check that the URL is that of a Codex-32 server.",
            status=status,
            retry_after=seconds,
        )
    problem = cast("Mapping[str, Any]", body)
    return ApiError(
        str(problem.get("code", "unexpected_answer")),
        str(problem.get("detail") or problem.get("title") or f"The server answered {status}."),
        fields=[_field(item) for item in problem.get("fields") or problem.get("errors") or ()],
        next_step=str(problem.get("next_step") or ""),
        status=status,
        retry_after=seconds,
    )


def _field(item: Mapping[str, Any]) -> FieldProblem:
    return FieldProblem(
        str(item.get("field", "")), str(item.get("detail", "")), item.get("line"), item.get("column")
    )
