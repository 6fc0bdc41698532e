"""Who is told: people, by e-mail or in a chat. The shared wordings stand with the first block."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, literal, prose, wrapped
from ..model import Block, Delivery, Phrases, Question
from ..places import Channel
from ..rights import Rights, SecretUse
from .sinks import ReportCounts


@dataclass(frozen=True)
class Message(Delivery):
    """A text for people. What it says, how many rows it shows and its subject may be said elsewhere."""

    room: str = ""
    """Shown; which room it is, is in the secret."""
    payload: str = "all"
    """`all`, `summary` or `rows`."""
    said: str = ""
    """Words that it says instead of the result."""
    top: int = 0
    """How many rows; 0: as many as usual."""

    secret_uses: ClassVar[tuple[SecretUse, ...]] = ()
    hosts: ClassVar[tuple[str, ...]] = ()
    service: ClassVar[str]
    phrases: ClassVar[Phrases] = {}

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return by_channel(slots["channel"], slots.get("payload", "all"))

    @classmethod
    @abstractmethod
    def to(cls, channel: Channel, payload: str) -> Message:
        """The block for a channel that was named."""

    def say(self) -> str:
        what = f"“{self.said}”" if self.said else _WHAT[self.payload]
        room = f" ({self.room})" if self.room else ""
        return f"It sends {what} to {self.service}{room}, once in a run."

    def rights(self) -> Rights:
        return Rights(network=self.hosts, secrets=self.secret_uses, state=True)

    def _words(self, message: str) -> str:
        return literal(self.said) if self.said else message


_WHAT = {"all": "the result", "summary": "the summary", "rows": "the rows"}


@dataclass(frozen=True)
class Email(Message):
    """Mail by SMTP."""

    addresses: tuple[str, ...] = ()
    subject: str = ""
    attach: bool = False
    server: str = ""
    """Host and port; empty: not said."""

    family = "e-mail"
    title = "Send an e-mail"
    example = "every monday at 8 email the rows of sales.csv where amount is above 100 to ann@example.com"
    service = "e-mail"
    secret_uses = (
        SecretUse("SMTP_URL", "the mail server, as `smtps://user:password@host:465` or `smtp://user:password@host:587`"),
    )  # fmt: skip
    phrases: ClassVar[Phrases] = {
        "en": (
            "{channel}",
            "<send> (me|us|everyone|the team|them)? {payload}? (me|us|everyone|the team|them)? {channel}",
            "<send> (me|us|everyone|the team)? {channel:note} ((with|containing|about|showing|listing|of) {payload}?)?",
            "(email|e-mail|mail) (me|us)? (the|all|all the|a|an|my|our)",
            "(email|e-mail|mail) (me|us)? {table}",
            "(email|e-mail|mail) (me|us|everyone|the team|them)? {payload} (to (me|us|everyone|everybody|the team|them|somebody|someone))?",
            "(email|e-mail|mail) (me|us|everyone|the team|them) {table}",
            "<send> (me|us|everyone|the team|them)? (the|all|all the|all of the)? (<rows>|content|contents|data) (of|from|in) {table} {channel}",
            "(email|e-mail|mail) (me|us)? (the|all|all the|all of the)? (<rows>|content|contents|data) (of|from|in) {table} {channel}?",
            "<send> {addresses} {payload}?",
            ("slack", {"channel": Channel("slack")}),
            *(
                (f"(and|plus) (also)? (on|to|in|via)? (the|our|my)? {kind}", {"channel": Channel(kind)})
                for kind in ("slack", "telegram", "discord")
            ),
            (
                "(and|plus) (also)? (on|to|in|via)? (the|our|my)? (microsoft|ms)? teams",
                {"channel": Channel("teams")},
            ),
            ("(and|plus) (also)? (by|via|per)? (email|e-mail|mail)", {"channel": Channel("email")}),
            "<send> {payload} (to|as|in) {channel:note}",
            "(email|e-mail|mail|slack) {channel:mailed} {payload}?",
            "(email|e-mail|mail) {payload} {channel}",
            "(email|e-mail|mail) {payload} to {channel:mailed}",
        ),
        "es": (
            "{channel}",
            "<send> (me|nos)? {payload}? {channel}",
            "<send> (me|nos)? {channel:note} ((con|de|sobre) {payload})?",
            "<send> {payload} {channel}",
            "<send> (las|los|todas las|todos los|el)? (<rows>|contenido|datos) (de|del|en) {table} {channel}",
            *(
                (f"(y|e) (tambien)? (por|en|a)? {kind}", {"channel": Channel(kind)})
                for kind in ("slack", "telegram", "discord", "teams")
            ),
            (
                "(y|e) (tambien)? (por)? (email|e-mail|correo electronico|correo)",
                {"channel": Channel("email")},
            ),
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        channel = slots.get("channel") or Channel("email", slots.get("addresses", ()))
        return by_channel(channel, slots.get("payload", "all"))

    @classmethod
    def to(cls, channel: Channel, payload: str) -> Message:
        return cls(channel.room, payload, addresses=channel.addresses)

    def asks(self) -> Sequence[Question]:
        found: list[Question] = []
        if not self.addresses:
            found.append(Question("addresses", "To which address should it be mailed?", "text", ""))
        if not self.server:
            text = "Which mail server sends it (host:port)?"
            found.append(Question("server", text, "text", "", default="smtp.gmail.com:587"))
        return found

    def answered(self, slot: str, value: str) -> Block:
        if slot == "server":
            host, _, port = value.strip().casefold().partition(":")
            if not _HOST.fullmatch(host) or (port and not port.isdigit()):
                raise ValueError(f"{value!r} is no mail server such as smtp.example.com:587.")
            return replace(self, server=f"{host}:{port or 587}")
        named = tuple(re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", value))
        if not named:
            raise ValueError(f"{value!r} is no e-mail address such as ann@example.com.")
        return replace(self, addresses=named)

    def say(self) -> str:
        what = f"“{self.said}”" if self.said else _WHAT[self.payload]
        attached = ", with the rows attached as CSV" if self.attach else ""
        return f"It mails {what} to {', '.join(self.addresses)}{attached}, once in a run."

    def rights(self) -> Rights:
        return Rights(network=(self.server,), secrets=self.secret_uses)

    def send(self, draft: Draft, message: str) -> Sequence[str]:
        draft.props.secrets["SMTP_URL"] = "smtp://bot%40example.com:password@smtp.example.com:587"
        subject = literal(self.subject) if self.subject else literal(prose(draft.title, 80))
        people = f"[{', '.join(literal(one) for one in self.addresses)}]"
        arguments = ['"mail"', "send_mail", people, subject, self._words(message)]
        lines: list[str] = []
        if self.attach:
            name = next(iter(draft.outputs), f"{draft.stem}.csv")
            if name not in draft.outputs:
                lines.append(f"write_csv(table, {literal(name)})")
            arguments.append(f"[{literal(name)}]")
        return [*lines, *wrapped("step", arguments, draft.room, draft.room)]

    def sent(self) -> str:
        return "bench.mails"

    def shows(self) -> Sequence[str]:
        lines = [f"assert told.recipients == [{', '.join(literal(one) for one in self.addresses)}]"]
        lines += ['assert report["summary"]', f"assert {self._shown()} in told.text"]
        if self.attach:
            lines.append("assert len(told.attachments) == 1")
        return lines

    def _shown(self) -> str:
        return literal(self.said) if self.said else 'report["summary"]'


@dataclass(frozen=True)
class _Chat(Message):
    """A chat that takes JSON over HTTP."""

    function: ClassVar[str]
    field: ClassVar[str]
    """Where the text stands in what is sent, as an expression over `told`."""
    samples: ClassVar[Mapping[str, str]]
    """Values of the secrets in the tests."""
    answer: ClassVar[tuple[str, Any]]
    """What the service says, and to which address."""

    @classmethod
    def to(cls, channel: Channel, payload: str) -> Message:
        return cls(channel.room, payload)

    def send(self, draft: Draft, message: str) -> Sequence[str]:
        draft.props.secrets.update(self.samples)
        draft.props.http[self.answer[0]] = self.answer[1]
        name = self.family.casefold()
        return wrapped("step", [literal(name), self.function, self._words(message)], draft.room, draft.room)

    def sent(self) -> str:
        host = self.answer[0].split("/")[2]
        return f"[sent for sent in bench.requests if {literal(host)} in sent.url]"

    def shows(self) -> Sequence[str]:
        words = literal(self.said) if self.said else 'report["summary"]'
        return ['assert report["summary"]', f"assert {words} in {self.field}"]


@dataclass(frozen=True)
class Slack(_Chat):
    """A channel of Slack, by an incoming webhook."""

    family = "Slack"
    title = "Post to Slack"
    example = "watch the sum of amount in sales.csv and tell me on Slack when it exceeds 1000"
    service = "Slack"
    hosts = ("hooks.slack.com",)
    secret_uses = (
        SecretUse("SLACK_WEBHOOK_URL", "the URL of an incoming webhook of Slack; it is made for one channel"),
    )
    function = "tell_slack"
    field = 'told.json()["text"]'
    samples: ClassVar[Mapping[str, str]] = {"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/x"}
    answer = ("POST https://hooks.slack.com/services/T0/B0/x", "ok")


@dataclass(frozen=True)
class Telegram(_Chat):
    """A chat of Telegram, by a bot of its own."""

    family = "Telegram"
    title = "Send to Telegram"
    example = "every day at 9 send a Telegram message with the total of amount in sales.csv"
    service = "Telegram"
    hosts = ("api.telegram.org",)
    secret_uses = (
        SecretUse("TELEGRAM_BOT_TOKEN", "the token that @BotFather gave for your bot of Telegram"),
        SecretUse("TELEGRAM_CHAT_ID", "the id of the chat that is told"),
    )
    function = "tell_telegram"
    field = 'told.json()["text"]'
    samples: ClassVar[Mapping[str, str]] = {"TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_CHAT_ID": "42"}
    answer = ("POST https://api.telegram.org/bot1:a/sendMessage", {"ok": True})


@dataclass(frozen=True)
class Discord(_Chat):
    """A channel of Discord, by a webhook."""

    family = "Discord"
    title = "Post to Discord"
    example = "every hour fetch https://api.example.com/orders and post the rows where amount is above 100 to Discord"
    service = "Discord"
    hosts = ("discord.com",)
    secret_uses = (SecretUse("DISCORD_WEBHOOK_URL", "the URL of a webhook of a channel of Discord"),)
    function = "tell_discord"
    field = 'told.json()["content"]'
    samples: ClassVar[Mapping[str, str]] = {"DISCORD_WEBHOOK_URL": "https://discord.com/api/webhooks/1/x"}
    answer = ("POST https://discord.com/api/webhooks/1/x", "")


@dataclass(frozen=True)
class Teams(_Chat):
    """A channel of Microsoft Teams, by a workflow that waits for webhooks."""

    family = "Teams"
    title = "Post to Microsoft Teams"
    example = "every monday at 9 post the number of rows in orders.csv to Microsoft Teams"
    service = "Microsoft Teams"
    hosts = ("*.webhook.office.com", "*.logic.azure.com", "*.api.powerplatform.com")
    secret_uses = (
        SecretUse("TEAMS_WEBHOOK_URL", "the URL of the workflow “Post to a channel when a webhook request is received”"),
    )  # fmt: skip
    function = "tell_teams"
    field = 'told.json()["attachments"][0]["content"]["body"][0]["text"]'
    samples: ClassVar[Mapping[str, str]] = {"TEAMS_WEBHOOK_URL": "https://x.logic.azure.com/workflows/1"}
    answer = ("POST https://x.logic.azure.com/workflows/1", "")


@dataclass(frozen=True)
class SendVerb(Block):
    """`post …`, `send me …`: somebody is told; who it is stands elsewhere, or is asked."""

    family = "send"
    role = "sink"
    flows = Message.flows
    title = "Send the result to somebody"
    example = "send the total of amount in sales.csv to Slack"
    phrases: ClassVar[Phrases] = {
        "en": (
            "<send> (me|us|everyone|the team|them)? (with|about)?",
            "<send> (me|us|everyone|the team|them)? {table}",
            ("<tell>", {"output": True}),
            (
                "(give|hand) (me|us)? (back)? (a|the|my) (clean|cleaned|tidy|new|resulting)? (file|list|table|copy) (back)?",
                {"output": True},
            ),
            "(with|containing|listing|showing|including) (the|a|an|all)",
        ),
        "es": (
            "<send> (me|nos)?",
            "<send> (me|nos)? {table}",
            ("<tell>", {"output": True}),
            (
                "(devuelveme|devuelvenos|dame|damelo en) (un|una|el|la|mi) (archivo|fichero|lista|tabla|copia) (limpio|limpia|nuevo|nueva)?",
                {"output": True},
            ),
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return ReportCounts() if slots.get("output") else cls()

    def asks(self) -> Sequence[Question]:
        return (Question("channel", "How should it be sent?", "choice", "", (*CHANNELS, _OUTPUT), "email"),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        chosen = value.strip().casefold().replace("e-mail", "email")
        if chosen == _OUTPUT:
            return ReportCounts()
        if chosen not in CHANNELS:
            raise ValueError(f"{value!r} is not one of: {', '.join((*CHANNELS, _OUTPUT))}.")
        return by_channel(Channel(chosen))

    def say(self) -> str:
        return ""


_OUTPUT = "only the output of the run"
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


CHANNELS: Mapping[str, type[Message]] = {
    "email": Email, "slack": Slack, "telegram": Telegram, "discord": Discord, "teams": Teams,
}  # fmt: skip


def by_channel(channel: Channel, payload: str = "all") -> Message:
    """The block that tells people this way."""
    return CHANNELS[channel.kind].to(channel, payload)
