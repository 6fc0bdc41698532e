"""Asking other servers: with patience, and not for ever."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from ssl import create_default_context
from typing import Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, OpenerDirector, Request, build_opener

from codex32_bot import log, sleep, state

MOST_ATTEMPTS = 3
LARGEST_ANSWER = 32 * 1024 * 1024
ANSWER_TIMEOUT = 20.0
LONGEST_PAUSE = 30.0
REST_AFTER = 3
REST_SECONDS = 900.0


@dataclass(frozen=True)
class Answer:
    """What a server said; status 0: nobody answered, and the body says why."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body in the encoding that the server names, else UTF-8."""
        kind = self.headers.get("content-type", "")
        charset = kind.partition("charset=")[2].split(";")[0].strip("\"' ") or "utf-8"
        try:
            content = self.body.decode(charset)
        except (LookupError, UnicodeDecodeError):
            content = self.body.decode("utf-8", errors="replace")
        return content.removeprefix("\ufeff")


def fetch(
    url: str, headers: dict[str, str] | None = None, body: bytes | None = None, method: str = "GET"
) -> Answer:
    """What the server answers with success. Busy and broken servers are asked again, with pauses that grow;
    one that failed three times in a row is left in peace for a quarter of an hour.

    Raises ConnectionError that says what the server said.
    """
    host = urlsplit(url).netloc
    check_rest(host)
    answer = ask_server(url, headers, body, method)
    for attempt in range(1, MOST_ATTEMPTS):
        if not worth_asking_again(answer, method):
            break
        log.warning(f"{host} answered {answer.status or 'nothing'}, asking again", attempt=attempt)
        pause(seconds_to_wait(answer, attempt))
        answer = ask_server(url, headers, body, method)
    if 200 <= answer.status < 300:
        note_success(host)
        return answer
    if answer.status in (0, 429) or answer.status >= 500:
        note_failure(host)
    told = " ".join(answer.text.split())[:300]
    raise ConnectionError(f"{host} answered {answer.status or 'nothing'} to {method}: {told}")


def worth_asking_again(answer: Answer, method: str) -> bool:
    """Whether it may go better in a moment. What may have had an effect already is not sent again."""
    refused = (429, 503)
    return answer.status in (refused if method != "GET" else (0, 408, 425, 500, 502, 504, *refused))


def ask_server(url: str, headers: dict[str, str] | None, body: bytes | None, method: str) -> Answer:
    """One question, and what came of it, whatever it was. Redirects are followed."""
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{url!r} is no web address; it begins with https://.")
    given = {"User-Agent": "codex32-bot", **(headers or {})}
    request = Request(url, body, given, method=method)  # noqa: S310 - only http and https
    try:
        with web_opener().open(request, timeout=ANSWER_TIMEOUT) as answer:
            return read_answer(answer.status, answer)
    except HTTPError as error:
        with error:
            return read_answer(error.code, error)
    except URLError as error:
        return Answer(0, {}, str(error.reason).encode())
    except (OSError, HTTPException) as error:
        return Answer(0, {}, f"{type(error).__name__}: {error}".encode())


@cache
def web_opener() -> OpenerDirector:
    """Made once: reading the certificates that are trusted takes longer than a request."""
    return build_opener(HTTPSHandler(context=create_default_context()))


def read_answer(status: int, answer: Any) -> Answer:
    """The answer with its body. Raises ValueError if it is too large to be kept."""
    body: bytes = answer.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise ValueError(f"The answer has more than {LARGEST_ANSWER} bytes.")
    return Answer(status, {name.lower(): value for name, value in answer.headers.items()}, body)


def seconds_to_wait(answer: Answer, attempt: int) -> float:
    """What the server asks for in `Retry-After`, else one second, two, four; never very long."""
    asked = answer.headers.get("retry-after", "")
    wanted = float(asked) if asked.isdigit() else 2.0 ** (attempt - 1)
    return min(wanted, LONGEST_PAUSE)


def pause(seconds: float) -> None:
    """Wait in place, in pieces that a run sleeps without ending."""
    while seconds > 0:
        sleep(min(seconds, 2.0))
        seconds -= 2.0


def check_rest(host: str) -> None:
    """Raises ConnectionError while a server that failed again and again is left in peace."""
    known: dict[str, Any] = state.get(f"failing:{host}") or {}
    wait = float(known.get("until", 0)) - time.time()
    if wait > 0:
        raise ConnectionError(
            f"{host} failed {known['times']} times in a row; it is asked again in {wait:.0f} s."
        )


def note_failure(host: str) -> None:
    """One more failure in a row; from the third on the server gets a rest."""
    known: dict[str, Any] = state.get(f"failing:{host}") or {}
    times = int(known.get("times", 0)) + 1
    until = time.time() + REST_SECONDS if times >= REST_AFTER else 0
    state.set(f"failing:{host}", {"times": times, "until": until})


def note_success(host: str) -> None:
    """The server works again."""
    if state.get(f"failing:{host}"):
        state.delete(f"failing:{host}")


def fetch_json(url: str, headers: dict[str, str] | None = None) -> Any:
    """The JSON document at the address. Raises ValueError if it is none."""
    answer = fetch(url, {"Accept": "application/json", **(headers or {})})
    try:
        return json.loads(answer.text)
    except ValueError:
        raise ValueError(f"{urlsplit(url).netloc} sent no JSON but: {answer.text[:80]!r}") from None


def pick_value(document: Any, path: str) -> Any:
    """What stands at a path such as `data.items[0].price`. A name alone is also found further inside, if
    there is only one of it. Raises ValueError that names what there is.
    """
    found: Any = document
    for piece in path.removeprefix("$").replace("[", ".").replace("]", "").strip(".").split("."):
        items = cast("list[Any]", found) if isinstance(found, list) else []
        named = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        if piece.isdigit() and len(items) > int(piece):
            found = items[int(piece)]
        elif piece in named:
            found = named[piece]
        else:
            return find_name(document, path)
    return found


def find_name(document: Any, name: str) -> Any:
    """The one value of that name anywhere inside; case, spaces and hyphens do not matter."""
    wanted = "".join(letter for letter in name.casefold() if letter.isalnum())
    found: list[Any] = []
    names: list[str] = []
    queue: list[Any] = [document]
    while queue:
        inner: Any = queue.pop(0)
        if isinstance(inner, dict):
            for key, value in cast("dict[str, Any]", inner).items():
                names.append(key)
                if "".join(letter for letter in key.casefold() if letter.isalnum()) == wanted:
                    found.append(value)
                queue.append(value)
        elif isinstance(inner, list):
            queue.extend(cast("list[Any]", inner))
    if len(found) == 1:
        return found[0]
    there = ", ".join(dict.fromkeys(names)) or "nothing"
    raise ValueError(f"There {'are several' if found else 'is no'} {name!r} in the answer; it has: {there}.")
