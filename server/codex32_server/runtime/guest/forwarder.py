"""Carries bytes between the loopback of a sandbox and the unix sockets that lead out of it, both ways.

A process of its own, started before the bot and outside of its Landlock domain. It decides nothing: clients
of `127.0.0.1` speak to the egress proxy themselves, clients of a `127.64.0.n` address get a tunnel to the
host that the address stands for, and the host's clients get a connection to a port of the bot. One thread,
bounded memory: a side that does not read is not read for.
"""

from __future__ import annotations

import _socket
import os
import select

from . import network

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .network import Door

MOST_CONNECTIONS = 256
"""At a time; more wait in the listeners' queues."""

_CHUNK = 64 * 1024
_LONGEST_ANSWER = 8 * 1024
_BROKEN = select.EPOLLERR | select.EPOLLHUP
_RESET = b"\1\0\0\0\0\0\0\0"  # struct linger: on, 0 seconds; both architectures are little-endian


def start(doors: Sequence[Door], unused: Sequence[int]) -> int:
    """Fork the forwarder; gives its pid. `unused` are descriptors that it must not keep."""
    child = os.fork()
    if child:
        return child
    try:
        for descriptor in unused:
            os.close(descriptor)
        serve(doors)
    finally:
        os._exit(1)


def serve(doors: Sequence[Door]) -> None:
    """Until the process is killed."""
    loop = _Loop(doors)
    while True:
        loop.turn()


class _End:
    """One socket of a pair. `pending` waits to be sent on it; `ended`: it will give no more bytes."""

    __slots__ = ("answer", "ended", "mask", "peer", "pending", "shut", "socket")

    def __init__(self, socket: _socket.socket) -> None:
        socket.setblocking(False)
        if socket.family == _socket.AF_INET:  # small pieces must not wait for the other side's word (RFC 896)
            socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self.socket = socket
        self.peer: _End = self
        self.pending = b""
        self.ended = self.shut = False
        self.mask = 0
        self.answer: bytes | None = None
        """What the proxy answered so far to our CONNECT; None once it said yes, or where none is asked."""


class _Loop:
    def __init__(self, doors: Sequence[Door]) -> None:
        self._poll = select.epoll()
        self._doors = {door.listener.fileno(): door for door in doors}
        self._ends: dict[int, _End] = {}
        self._listening = False
        for door in doors:
            door.listener.setblocking(False)
        self._listen(wanted=True)

    def turn(self) -> None:
        """Wait for something to do, and do it."""
        for descriptor, events in self._poll.poll():
            if descriptor in self._doors:
                self._accept(self._doors[descriptor])
            elif end := self._ends.get(descriptor):
                self._move(end, events)
        room = len(self._ends) < 2 * MOST_CONNECTIONS
        if room is not self._listening:
            self._listen(wanted=room)

    def _listen(self, *, wanted: bool) -> None:
        self._listening = wanted
        for descriptor in self._doors:
            if wanted:
                self._poll.register(descriptor, select.EPOLLIN)
            else:
                self._poll.unregister(descriptor)

    def _accept(self, door: Door) -> None:
        try:
            accepted = int(door.listener._accept()[0])  # type: ignore  # pyright: ignore
        except OSError:
            return  # it went away again
        client = _End(_socket.socket(fileno=accepted))
        try:
            other = _End(_connected(door))
        except OSError:
            _reset(client.socket)
            return
        client.peer, other.peer = other, client
        if not door.port and door.tunnel not in (network.TO_PROXY, network.TO_MODELS):
            other.pending = f"CONNECT {door.tunnel} HTTP/1.1\r\nHost: {door.tunnel}\r\n\r\n".encode()
            other.answer = b""
        for end in (client, other):
            self._ends[end.socket.fileno()] = end
            self._poll.register(end.socket.fileno(), 0)
        self._watch(client)

    def _move(self, end: _End, events: int) -> None:
        try:
            if events & select.EPOLLOUT:
                self._send(end)
            if events & (select.EPOLLIN | _BROKEN) and not end.ended:
                self._read(end)
            elif events & select.EPOLLERR:
                raise ConnectionError
        except BlockingIOError:
            pass
        except OSError:
            self._close(end, reset=True)
            return
        self._watch(end)

    def _read(self, end: _End) -> None:
        if end.peer.pending:
            return
        chunk = end.socket.recv(_CHUNK)
        if end.socket.family == _socket.AF_INET:
            # A bot that writes head and body apart waits for our word of the first: else 40 ms (RFC 896). The
            # kernel forgets the wish, so it is said again each time (tcp(7)).
            end.socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_QUICKACK, 1)
        if end.answer is not None:
            self._hear(end, chunk)
            return
        end.ended = not chunk
        end.peer.pending = chunk
        self._send(end.peer)

    def _hear(self, end: _End, chunk: bytes) -> None:
        """The proxy's answer to CONNECT. What follows the head belongs to the client."""
        answer = (end.answer or b"") + chunk
        head, found, rest = answer.partition(b"\r\n\r\n")
        if not chunk or (found and head.split(b" ")[1:2] != [b"200"]) or len(answer) > _LONGEST_ANSWER:
            raise ConnectionError
        end.answer = answer
        if found:
            end.answer, end.peer.pending = None, rest
            self._send(end.peer)

    def _send(self, end: _End) -> None:
        """As much as goes. A side that ended is told to the other once everything was sent."""
        if end.pending:
            try:
                end.pending = end.pending[end.socket.send(end.pending) :]
            except BlockingIOError:
                return
        if end.peer.ended and not end.pending and not end.shut:
            end.shut = True
            end.socket.shutdown(_socket.SHUT_WR)

    def _watch(self, end: _End) -> None:
        """Set what both ends wait for, and close what is finished."""
        if end.shut and end.peer.shut:
            self._close(end, reset=False)
            return
        for one in (end, end.peer):
            waits = one.peer.answer is not None and one.answer is None  # a client while its tunnel is made
            mask = 0 if one.ended or one.peer.pending or waits else select.EPOLLIN
            mask |= select.EPOLLOUT if one.pending else 0
            if mask != one.mask:
                one.mask = mask
                self._poll.modify(one.socket.fileno(), mask)

    def _close(self, end: _End, *, reset: bool) -> None:
        for one in (end, end.peer):
            del self._ends[one.socket.fileno()]
            if reset:
                _reset(one.socket)
            else:
                one.socket.close()


def _connected(door: Door) -> _socket.socket:
    """A connection to where a door leads, perhaps not finished: a fault shows at the first read."""
    way_out = network.MODELS if door.tunnel == network.TO_MODELS else network.EGRESS
    family, place = (_socket.AF_INET, ("127.0.0.1", door.port)) if door.port else (_socket.AF_UNIX, way_out)
    made = _socket.socket(family, _socket.SOCK_STREAM)
    made.setblocking(False)
    try:
        made.connect(place)
    except BlockingIOError as error:
        if family == _socket.AF_UNIX:
            made.close()
            raise ConnectionError("the proxy is busy") from error
    except OSError:
        made.close()
        raise
    return made


def _reset(socket: _socket.socket) -> None:
    """Close so that the other side sees an error and not an end."""
    if socket.family == _socket.AF_INET:
        socket.setsockopt(_socket.SOL_SOCKET, _socket.SO_LINGER, _RESET)
    socket.close()
