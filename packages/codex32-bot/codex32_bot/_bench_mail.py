"""The part of the workbench that takes mail: a small SMTP server (RFC 5321) that believes everybody."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import MIMEPart
from typing import Protocol

PORTS = frozenset({25, 465, 587, 2525})


class Lines(Protocol):
    """What a session is read from."""

    def readline(self) -> bytes: ...


@dataclass(frozen=True)
class Mail:
    """One message that was handed to a mail server, with the envelope it came in."""

    sender: str
    recipients: list[str]
    subject: str
    text: str
    html: str = ""
    attachments: dict[str, bytes] = field(default_factory=dict[str, bytes])
    headers: dict[str, str] = field(default_factory=dict[str, str])
    login: str = ""
    """The user who logged in; empty if nobody did."""


def serve_mail(reading: Lines, say: Callable[[str], None], take: Callable[[Mail], None]) -> None:
    """One session, up to its end."""
    say("220 bench ESMTP")
    sender, recipients, login = "", [], ""
    while line := reading.readline().decode().strip():
        verb, _, rest = line.partition(" ")
        match verb.upper():
            case "EHLO":
                say("250-bench\r\n250-AUTH PLAIN LOGIN\r\n250-STARTTLS\r\n250 8BITMIME")
            case "AUTH":
                login = _login(rest, reading, say)
                say("235 welcome")
            case "MAIL":
                sender, recipients = _address(rest), list[str]()
                say("250 ok")
            case "RCPT":
                recipients.append(_address(rest))
                say("250 ok")
            case "DATA":
                say("354 go on")
                take(_mail(sender, recipients, login, _data(reading)))
                say("250 taken")
            case "QUIT":
                say("221 bye")
                return
            case _:
                say("220 ok" if verb.upper() == "STARTTLS" else "250 ok")


def _login(rest: str, reading: Lines, say: Callable[[str], None]) -> str:
    """The user's name, of AUTH PLAIN or AUTH LOGIN; the password is not looked at."""
    from base64 import b64decode  # noqa: PLC0415 - only bots that log in

    way, _, given = rest.partition(" ")
    if way.upper() == "PLAIN":
        if not given:
            say("334 ")
            given = reading.readline().decode()
        return b64decode(given).split(b"\0")[1].decode()
    if not given:
        say("334 VXNlcm5hbWU6")
        given = reading.readline().decode()
    say("334 UGFzc3dvcmQ6")
    reading.readline()
    return b64decode(given).decode()


def _address(rest: str) -> str:
    """Of `FROM:<ann@example.com> SIZE=10`."""
    return rest.partition("<")[2].partition(">")[0]


def _data(reading: Lines) -> bytes:
    lines: list[bytes] = []
    while (line := reading.readline()) and line != b".\r\n":
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return b"".join(lines)


def _mail(sender: str, recipients: list[str], login: str, data: bytes) -> Mail:
    message = email.message_from_bytes(data, policy=email.policy.default)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    return Mail(
        sender,
        recipients,
        str(message["subject"] or ""),
        _text(plain),
        _text(html),
        {
            part.get_filename() or "attachment": _bytes(part.get_content())
            for part in message.iter_attachments()
        },
        {name.lower(): str(value) for name, value in message.items()},
        login,
    )


def _text(part: MIMEPart | None) -> str:
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


def _bytes(content: str | bytes) -> bytes:
    """Text without the line ends of mail."""
    return content if isinstance(content, bytes) else content.replace("\r\n", "\n").encode()
