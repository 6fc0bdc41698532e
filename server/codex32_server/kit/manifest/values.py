"""The kinds of values in a manifest: what each accepts, how it is written, and its JSON Schema."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from . import rules
from .quantities import (
    DURATION_PATTERN,
    MONEY_PATTERN,
    SIZE_PATTERN,
    Money,
    format_duration,
    format_money,
    format_size,
    parse_duration,
    parse_money,
    parse_size,
)

MIB: Final = 1024 * 1024
GIB: Final = 1024 * MIB

Name = Annotated[
    str, AfterValidator(rules.slug), WithJsonSchema({"type": "string", "pattern": rules.NAME_PATTERN})
]
Tag = Annotated[
    str, AfterValidator(rules.tag), WithJsonSchema({"type": "string", "pattern": rules.TAG_PATTERN})
]
Environment = Annotated[
    str,
    AfterValidator(rules.environment),
    WithJsonSchema({"type": "string", "pattern": rules.ENVIRONMENT_PATTERN}),
]
Host = Annotated[
    str, AfterValidator(rules.host), WithJsonSchema({"type": "string", "pattern": rules.HOST_PATTERN})
]
CalledBot = Annotated[
    str, AfterValidator(rules.called_bot), WithJsonSchema({"type": "string", "pattern": rules.CALL_PATTERN})
]
SecretName = Annotated[
    str, AfterValidator(rules.secret), WithJsonSchema({"type": "string", "pattern": rules.SECRET_PATTERN})
]
Inject = Annotated[
    str, AfterValidator(rules.inject), WithJsonSchema({"type": "string", "pattern": rules.INJECT_PATTERN})
]
ExactHost = Annotated[
    str,
    AfterValidator(rules.exact_host),
    WithJsonSchema({"type": "string", "pattern": rules.HOST_PATTERN.replace(r"(\*\.)?", "", 1)}),
]
Size = Annotated[
    int,
    BeforeValidator(parse_size),
    PlainSerializer(format_size, return_type=str),
    WithJsonSchema({"type": "string", "pattern": SIZE_PATTERN}),
]
Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN}),
]
Dollars = Annotated[
    Money,
    BeforeValidator(parse_money),
    PlainSerializer(format_money, return_type=str),
    WithJsonSchema({"type": "string", "pattern": MONEY_PATTERN}),
]


class Table(BaseModel):
    """A table of the manifest: no unknown keys, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def problem(detail: str, *below: str | int) -> PydanticCustomError:
    """A problem of something below the value that is being checked."""
    return PydanticCustomError("codex32", "{detail}", {"detail": detail, "below": below})
