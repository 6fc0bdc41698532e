"""What a model may answer: every field is required and bounded, and nothing else is allowed.

All fields are required because small models leave out what is optional, and because a grammar of required
fields is what servers can hold a model to. What the fields mean together is read in `reading`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)]
Paragraph = Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True)]


class Shape(BaseModel):
    """Base of all that is read from an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PartShape(Shape):
    role: Literal["trigger", "source", "step", "output"]
    words: Line
    says: Line


class SampleShape(Shape):
    name: Short
    content: Annotated[str, StringConstraints(max_length=4_000)]


class ExampleShape(Shape):
    given: Line
    then: Line


class QuestionShape(Shape):
    text: Line
    choices: Annotated[list[Short], Field(max_length=6)]
    default: Short


class WantedShape(Shape):
    """Requirements, or questions, or a refusal."""

    decision: Literal["requirements", "questions", "refusal"]
    goal: Line
    language: Annotated[str, StringConstraints(max_length=10)]
    parts: Annotated[list[PartShape], Field(max_length=16)]
    errors: Annotated[list[Line], Field(max_length=8)]
    samples: Annotated[list[SampleShape], Field(max_length=4)]
    examples: Annotated[list[ExampleShape], Field(max_length=8)]
    assumed: Annotated[list[Line], Field(max_length=12)]
    questions: Annotated[list[QuestionShape], Field(max_length=6)]
    reason: Paragraph


class ScheduleShape(Shape):
    cron: Short
    timezone: Short


class PlanShape(Shape):
    """How it will be done, and with which permissions."""

    name: Short
    title: Short
    steps: Annotated[list[Line], Field(max_length=16)]
    schedules: Annotated[list[ScheduleShape], Field(max_length=8)]
    webhook: Literal["none", "body", "request"]
    webhook_answers: bool
    network: Annotated[list[Short], Field(max_length=16)]
    secrets: Annotated[list[Short], Field(max_length=12)]
    models: bool
    budget_per_run: Short
    dependencies: Annotated[list[Short], Field(max_length=12)]
    state: bool
    calls: Annotated[list[Short], Field(max_length=8)]
    events: Annotated[list[Short], Field(max_length=8)]
    tests: Annotated[list[Line], Field(max_length=12)]
