"""What an engine and the pipeline say to each other: plain frozen data, and the port of an engine.

A session walks through `STAGES`. Each stage leaves one of the documents below, which is stored, shown, and
may be replaced by a person; the next stage reads what is stored, never what an engine remembers. So an engine
keeps no state between two calls, and a session goes on after a crash where the last document ends.

Nothing here knows a particular engine, the database, or how a bot is proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

Stage = Literal["requirements", "plan", "code", "checks", "tests", "review", "publish"]
STAGES: tuple[Stage, ...] = ("requirements", "plan", "code", "checks", "tests", "review", "publish")
"""In their order. `code`, `checks` and `tests` are walked again in each round of repair."""
EngineName = Literal["recipes", "models"]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1.")]


class Document(BaseModel):
    """Base of everything that is stored with a session."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Made(Document):
    """How a model made a document: kept with it, shown, measured, and read by the engine in the next round.

    The pipeline stores it and hands it back as it is; a person who edits a document does not touch it.
    """

    prompts: list[str] = Field(default_factory=list[str], description="Name and version: `write@1`.")
    models: list[str] = Field(default_factory=list[str], description="Who answered, in their order.")
    attempts: int = Field(
        default=0, description="Calls of models, those whose answer was of no use included."
    )
    strong: bool = Field(default=False, description="Whether the cheap model was given up.")
    seen: list[str] = Field(
        default_factory=list[str], description="Digests of the findings of earlier rounds, oldest first."
    )


class Message(Document):
    """One turn of the conversation."""

    role: Literal["person", "builder"]
    text: str


class BotFiles(Document):
    """The bot as files: `bot.py` with its manifest, `test_bot.py`, `README.md`, and what else it needs."""

    files: dict[str, str] = Field(description="Path → text.")


class Brief(Document):
    """Everything a person said so far."""

    messages: list[Message]
    answers: dict[str, str] = Field(default_factory=dict[str, str], description="Question id → answer.")
    timezone: str = Field(default="UTC", description="Holds where the words name none.")
    name: str | None = Field(default=None, description="Name that the person wants for the bot.")
    assume_defaults: bool = False
    base: BotFiles | None = Field(
        default=None, description="The bot that is to be changed; none for a new one."
    )
    origin: str | None = Field(
        default=None, description="The words from which `base` was built, where known."
    )
    origin_answers: dict[str, str] = Field(
        default_factory=dict[str, str], description="The answers that belong to `origin`."
    )

    @property
    def wish(self) -> str:
        """What the person said, turn by turn."""
        return "\n".join(message.text for message in self.messages if message.role == "person")


class Question(Document):
    """Asked only where the answer changes the bot."""

    id: str
    text: str
    kind: Literal["text", "choice", "number", "time", "column"] = "text"
    about: str = Field(default="", description="The words of the wish that it is about.")
    choices: list[str] = Field(default_factory=list[str])
    default: str | None = None
    optional: bool = Field(default=False, description="An empty answer goes without what it is about.")


class Asked(Document):
    """Understood in part; at most three questions at a time."""

    kind: Literal["asked"] = "asked"
    questions: list[Question]
    understood: list[str] = Field(default_factory=list[str])
    made: Made | None = Field(default=None, description="Where a model made it.")


class Refused(Document):
    """Understood, and not possible or not allowed."""

    kind: Literal["refused"] = "refused"
    reason: str = Field(description="Says the nearest thing that is possible.")
    about: str = ""
    fault: Literal["", "budget_used_up", "models_missing", "models_refused", "models_no_use"] = Field(
        default="", description="Set where the wish may be fine, and it was models that came to nothing."
    )
    made: Made | None = Field(default=None, description="Where a model made it.")


class Part(Document):
    """One piece of what is wanted: a trigger, a source, a step or an output."""

    role: Literal["trigger", "source", "step", "output"]
    words: str = Field(description="The words of the person.")
    says: str = Field(description="What it means, in one plain sentence.")
    block: str = Field(default="", description="The recipe it is made with, where it is one.")
    slots: dict[str, str] = Field(default_factory=dict[str, str], description="Its settings, as shown.")


class Sample(Document):
    """Data of the kind that the bot will meet."""

    name: str = Field(description="Name of the file, or URL of the source.")
    content: str


class Example(Document):
    """What must hold once the bot ran: an acceptance test in words."""

    given: str
    then: str


class Requirements(Document):
    """What is wanted, in full."""

    kind: Literal["requirements"] = "requirements"
    goal: str
    language: Language = "en"
    sentence: str = Field(
        default="", description="The whole wish in one sentence, with every change worked in."
    )
    parts: list[Part]
    errors: list[str] = Field(
        default_factory=list[str], description="What is done when something goes wrong."
    )
    samples: list[Sample] = Field(default_factory=list[Sample])
    examples: list[Example] = Field(default_factory=list[Example])
    assumed: list[str] = Field(default_factory=list[str], description="Decisions taken without asking.")
    made: Made | None = Field(default=None, description="Where a model made it.")


class Permissions(Document):
    """What the bot may touch; the manifest says the same, and the platform enforces it."""

    network: list[str] = Field(default_factory=list[str])
    secrets: list[str] = Field(default_factory=list[str])
    models: bool = False
    budget_per_run: str | None = Field(default=None, examples=["0.05 USD"])
    dependencies: list[str] = Field(default_factory=list[str])
    state: bool = False
    calls: list[str] = Field(default_factory=list[str], description="Other bots.")
    events: list[str] = Field(default_factory=list[str], description="Types of events that it emits.")


class Plan(Document):
    """How it will be done."""

    kind: Literal["plan"] = "plan"
    name: str
    title: str
    steps: list[str] = Field(description="One plain sentence each, in the order in which they run.")
    permissions: Permissions
    schedules: list[str] = Field(default_factory=list[str], description="As shown to people.")
    tests: list[str] = Field(default_factory=list[str], description="What the tests will show.")
    notes: list[str] = Field(default_factory=list[str], description="What a person should look at twice.")
    made: Made | None = Field(default=None, description="Where a model made it.")


class Written(Document):
    """The bot, ready to be checked."""

    kind: Literal["written"] = "written"
    files: dict[str, str]
    notes: list[str] = Field(default_factory=list[str], description="What a reader should know.")
    made: Made | None = Field(default=None, description="Where a model made it.")


class Finding(Document):
    """Something that is wrong with what was written."""

    stage: Literal["checks", "tests"]
    code: str = Field(description="Stable, such as `syntax`, `type`, `import`, `secret`, `test-failed`.")
    file: str = ""
    line: int = 0
    message: str


class Thinking(Protocol):
    """Where an engine tells what it is doing while it does it; shown live."""

    async def tell(self, text: str) -> None:
        """One line for people, such as “asking the model for a plan”."""
        ...


class Engine(Protocol):
    """Turns words into a bot. Every method may take long and holds no transaction."""

    @property
    def name(self) -> EngineName:
        """Shown with the session and in the report of the evaluation."""
        ...

    async def understand(self, brief: Brief, thinking: Thinking) -> Requirements | Asked | Refused:
        """What is wanted."""
        ...

    async def plan(
        self, brief: Brief, requirements: Requirements, thinking: Thinking
    ) -> Plan | Asked | Refused:
        """How it will be done. `requirements` may have been changed by a person."""
        ...

    async def write(
        self, brief: Brief, requirements: Requirements, plan: Plan, thinking: Thinking
    ) -> Written | Refused:
        """Code, manifest, tests and a page. `plan` may have been changed by a person."""
        ...

    async def repair(
        self,
        brief: Brief,
        requirements: Requirements,
        plan: Plan,
        written: Written,
        findings: Sequence[Finding],
        thinking: Thinking,
    ) -> Written | Refused:
        """Mended, or why it cannot be."""
        ...
