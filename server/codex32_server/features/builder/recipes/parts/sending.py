"""Telling others over HTTP. Called inside of a step: a run that is tried again does not tell twice."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from codex32_bot import log, run, secrets

from .fetching import Answer, fetch
from .telling import fit_message


def post_json(url: str, document: Any, headers: dict[str, str] | None = None, method: str = "POST") -> Answer:
    """Send a JSON document. The same document of the same run has the same `Idempotency-Key`."""
    body = json.dumps(document, ensure_ascii=False, default=str).encode()
    key = hashlib.sha256(f"{run.info().id} {url} ".encode() + body).hexdigest()[:32]
    given = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key, **(headers or {})}
    return fetch(url, given, body, method)


def tell_slack(text: str) -> None:
    """Post to the channel of the incoming webhook."""
    post_json(secrets["SLACK_WEBHOOK_URL"], {"text": fit_message(text, 12_000)})
    log.info("told Slack")


def tell_discord(text: str) -> None:
    """Post to the channel of the webhook."""
    post_json(secrets["DISCORD_WEBHOOK_URL"], {"content": fit_message(text, 2_000)})
    log.info("told Discord")


def tell_telegram(text: str) -> None:
    """Send to the chat, as the bot."""
    url = f"https://api.telegram.org/bot{secrets['TELEGRAM_BOT_TOKEN']}/sendMessage"
    post_json(url, {"chat_id": secrets["TELEGRAM_CHAT_ID"], "text": fit_message(text, 4_096)})
    log.info("told Telegram")


def tell_teams(text: str) -> None:
    """Post to the channel of the workflow that waits for webhooks, as an adaptive card."""
    block = {"type": "TextBlock", "text": fit_message(text, 12_000), "wrap": True}
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [block]}
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    post_json(secrets["TEAMS_WEBHOOK_URL"], {"type": "message", "attachments": [attachment]})
    log.info("told Teams")


def send_document(
    url: str, document: Any, method: str = "POST", headers: dict[str, str] | None = None
) -> None:
    """Send the document to the address."""
    answer = post_json(url, document, headers, method)
    log.info(f"sent the result, answered {answer.status}")


def open_issue(repository: str, title: str, body: str) -> int:
    """Open an issue in a repository of GitHub; gives its number."""
    headers = {
        "Authorization": f"Bearer {secrets['GITHUB_TOKEN']}",
        "Accept": "application/vnd.github+json",
    }
    document = {"title": fit_message(title, 250), "body": fit_message(body, 60_000)}
    answer = post_json(f"https://api.github.com/repos/{repository}/issues", document, headers)
    number = int(json.loads(answer.text)["number"])
    log.info(f"opened issue {number} in {repository}")
    return number
