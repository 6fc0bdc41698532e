"""A name that did not resolve: which one it was, and the line of the manifest that would let it be reached.

Only asked for once a bot has failed. What the library's own error says of the name differs, and often is
nothing, so the call that failed is looked for in the traceback.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Sequence

_ERROR = "gaierror"
_CALL = "getaddrinfo"
_MOST_LINKS = 20
_LONGEST_NAME = 253


def advice(error: BaseException, network: Sequence[str]) -> str:
    """A sentence to put after the error; empty where it is about something else, or nothing is known."""
    fault = _fault(error)
    if fault is None:
        return ""
    host, port = _asked(fault)
    if not host or host in ("localhost", "codex32"):
        return ""
    if any(entry.startswith("*.") and _below(host, entry) for entry in network):
        return (
            f" {host} is only reached by libraries that use HTTPS_PROXY, because the manifest lists it by a"
            f' pattern: list it exactly, network = ["{_entry(host, port)}"].'
        )
    return (
        f' Inside of a run there is no {host}: network = ["{_entry(host, port)}"] is missing in the manifest.'
    )


def _fault(error: BaseException | None) -> BaseException | None:
    """The error of the resolver in the chain of causes, if there is one."""
    for _ in range(_MOST_LINKS):
        if error is None or type(error).__name__ == _ERROR:
            return error
        error = error.__cause__ or error.__context__
    return None


def _asked(fault: BaseException) -> tuple[str, int]:
    """Host and port that getaddrinfo was called with."""
    place = fault.__traceback__
    host: object = None
    port: object = None
    while place:
        if place.tb_frame.f_code.co_name == _CALL:
            known = place.tb_frame.f_locals
            host, port = known.get("host"), known.get("port")
        place = place.tb_next
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or len(host) > _LONGEST_NAME or not host.isprintable():
        return "", 0
    number = int(port) if isinstance(port, int) or (isinstance(port, str) and port.isdigit()) else 0
    return host.lower().rstrip("."), number


def _entry(host: str, port: int) -> str:
    return host if port in (0, 443) else f"{host}:{port}"


def _below(host: str, entry: str) -> bool:
    name = entry.partition(":")[0][1:]
    return host.endswith(name)
