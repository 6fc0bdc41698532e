"""The `webhook` of a trigger: how a URL of its own starts runs. What verifies and answers is in the server.

Kept apart from `schema` so that what the API takes and what a manifest may say are the same model.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
LONGEST_ANSWER: Final = 120
"""Seconds that a caller may be kept waiting for a run."""
HEADER_PATTERN: Final = "^[A-Za-z0-9-]{1,64}$"
_CREDENTIALS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "x-codex32-token"})

Auth = Literal["signature", "token", "none"]
Answer = Literal["async", "sync"]
Payload = Literal["body", "request"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


def header_name(text: str) -> str:
    """The name of a header that carries the id of a delivery, in lower case."""
    if not re.fullmatch(HEADER_PATTERN[1:-1], text):
        raise ValueError(f'{text!r} is not the name of a header; write for example "X-GitHub-Delivery"')
    if text.lower() in _CREDENTIALS:
        raise ValueError(f"{text} carries a credential, not the id of a delivery")
    return text.lower()


HeaderName = Annotated[
    str, AfterValidator(header_name), WithJsonSchema({"type": "string", "pattern": HEADER_PATTERN})
]


def _in_seconds(value: Any) -> Any:
    """`"30s"` is how durations are written in a manifest; the API says plain seconds."""
    if isinstance(value, str) and (found := re.fullmatch(r"([1-9][0-9]{0,2}) ?s", value)):
        return int(found[1])
    if isinstance(value, str):
        raise ValueError(f'{value!r} is not a time in seconds; write for example "30s"')
    return value


Seconds = Annotated[
    int,
    BeforeValidator(_in_seconds),
    Field(ge=1, le=LONGEST_ANSWER),
    WithJsonSchema({"type": ["string", "integer"], "pattern": "^[1-9][0-9]{0,2} ?s$"}),
]


class Webhook(BaseModel):
    """How a URL that starts runs is protected, what it takes and how it answers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    auth: Auth = Field(
        default="signature",
        description="A signature over every delivery (Standard Webhooks), a token, or only the secret URL.",
        examples=["token"],
    )
    answer: Answer = Field(
        default="async",
        description="202 with the run's id at once, or the bot's output as the answer.",
        examples=["sync"],
    )
    methods: Annotated[tuple[Method, ...], Field(strict=False, min_length=1, max_length=5)] = Field(
        default=("POST",), description="HTTP methods it takes.", examples=[["POST", "PUT"]]
    )
    payload: Payload = Field(
        default="body",
        description="Arguments of main: the fields of the body, or method, headers, query and body.",
        examples=["request"],
    )
    delivery_id: HeaderName | None = Field(
        default=None,
        description="Header with the id of a delivery, by which repeats are known; else `webhook-id`.",
        examples=["X-GitHub-Delivery"],
    )
    timeout: Seconds = Field(
        default=30,
        description="Longest wait for the output when `answer` is sync; 202 after it.",
        examples=["30s"],
    )

    @field_validator("methods", mode="after")
    @classmethod
    def distinct(cls, methods: tuple[Method, ...]) -> tuple[Method, ...]:
        """Nothing twice."""
        if len(set(methods)) < len(methods):
            raise ValueError("a method is listed twice")
        return methods

    @model_validator(mode="after")
    def signed_id(self) -> Self:
        """The signature covers `webhook-id` and no other id."""
        if self.auth == "signature" and self.delivery_id not in (None, "webhook-id"):
            raise ValueError('delivery_id cannot be chosen with auth = "signature": webhook-id is signed')
        return self


def or_true(value: Any) -> Any:
    """`webhook = true` is a webhook with every default."""
    if value is False:
        raise ValueError("write true or a table; leave it out for a trigger without a webhook")
    return {} if value is True else value
