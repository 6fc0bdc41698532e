"""Why a request or a tunnel does not go through, with what the client is told."""

from __future__ import annotations

from codex32_server.runtime.proxy.grants import Reason

_STATUS = {
    Reason.NOT_IN_MANIFEST: 403,
    Reason.NOT_IN_WORKSPACE: 403,
    Reason.BAD_NAME: 400,
    Reason.BAD_REQUEST: 400,
    Reason.UNRESOLVED: 502,
    Reason.NOT_PUBLIC: 403,
    Reason.UNREACHABLE: 502,
    Reason.CERTIFICATE: 502,
    Reason.TOO_MANY_CONNECTIONS: 429,
    Reason.TOO_MANY_BYTES: 429,
    Reason.SILENT: 408,
    Reason.MODELS_ONLY: 403,
}


class Refusal(Exception):
    """`text` is one sentence for the author of the bot: it becomes the status line and the body.

    `recorded`: the connection that it ended has told of it already.
    """

    def __init__(self, reason: Reason, text: str, host: str = "", port: int = 0) -> None:
        super().__init__(text)
        self.reason, self.text, self.host, self.port = reason, text, host, port
        self.recorded = False

    @property
    def status(self) -> int:
        return _STATUS.get(self.reason, 400)

    def answer(self) -> bytes:
        """A whole HTTP/1.1 response, after which the connection is closed."""
        text = _printable(self.text)
        body = f"{text}\n".encode()
        head = (
            f"HTTP/1.1 {self.status} {text}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nX-Codex32-Egress: {self.reason}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body


def _printable(text: str) -> str:
    """One line of ASCII: the sentence may quote what a bot sent."""
    return "".join(char if " " <= char <= "~" else "?" for char in text)[:500]
