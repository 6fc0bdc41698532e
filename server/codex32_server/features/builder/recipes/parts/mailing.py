"""Sending mail by SMTP. Called inside of a step: a run that is tried again does not send twice."""

from __future__ import annotations

import hashlib
import smtplib
from email.message import EmailMessage
from ssl import create_default_context
from urllib.parse import unquote, urlsplit

from codex32_bot import files, log, run, secrets

MAIL_TIMEOUT = 30.0


def send_mail(recipients: list[str], subject: str, text: str, attachments: list[str] | None = None) -> None:
    """Send a mail over the server in the secret SMTP_URL: `smtps://user:password@host:465`, or `smtp://…:587`
    which begins in plain and goes on with TLS. The sender is the user, or `?from=` in the URL.

    Attachments are names of files that this run has left.
    """
    server = urlsplit(secrets["SMTP_URL"])
    user, password = unquote(server.username or ""), unquote(server.password or "")
    sender = server.query.partition("from=")[2] or user
    message = write_mail(sender, recipients, subject, text)
    for name in attachments or []:
        message.add_attachment(
            files.output(name).read_bytes(), maintype="application", subtype="octet-stream", filename=name
        )
    with open_mail_server(server.scheme, server.hostname or "", server.port) as session:
        if user:
            session.login(user, password)
        session.send_message(message)
    log.info(f"mailed to {len(recipients)} recipients")


def open_mail_server(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    """A session that is encrypted. Raises ConnectionError that names the server."""
    try:
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=MAIL_TIMEOUT, context=create_default_context())
        session = smtplib.SMTP(host, port or 587, timeout=MAIL_TIMEOUT)
        session.starttls(context=create_default_context())
    except (OSError, smtplib.SMTPException) as error:
        raise ConnectionError(f"The mail server {host} does not answer: {error}") from error
    return session


def write_mail(sender: str, recipients: list[str], subject: str, text: str) -> EmailMessage:
    """The mail; its id is the same whenever this run writes it, so that mail servers know a repetition."""
    message = EmailMessage()
    message["From"], message["To"] = sender, ", ".join(recipients)
    message["Subject"] = " ".join(subject.split())[:200]
    known = hashlib.sha256(f"{run.info().id} {recipients} {subject}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{known}@{sender.partition('@')[2] or 'codex32'}>"
    message.set_content(text)
    return message
