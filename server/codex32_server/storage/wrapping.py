"""Where key-encryption keys come from: a private file of the home beside the master key, or a setting.

Both are rings: one key wraps, the others only unwrap what was wrapped before. A key management service over
HTTP would be a third implementation of `crypto.KeyEncryption`; there is none yet.
"""

from __future__ import annotations

import asyncio
import fcntl
import hmac
import os
import secrets
import stat
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from codex32_server.kit.errors import ConflictError, UnavailableError
from codex32_server.storage.crypto import WRAPPER_ID_BYTES, unwrap_with, wrap_with, wrapper_of
from codex32_server.storage.keys import MasterKey, MasterKeyError, parse_master_key

_PURPOSE = "secrets-wrapping"


class WrappingKeyMissingError(UnavailableError):
    """A data key was wrapped with a key that is not in the ring any more."""

    code = "wrapping_key_missing"
    title = "The key that protects the secrets is missing"
    next_step = "Put it back into home/secrets.keys or CODEX32_SECRETS_KEY, from a backup of the same time."


class RotationRunningError(ConflictError):
    """Another process is changing the file of keys."""

    code = "rotation_running"
    title = "Keys are being rotated already"
    next_step = "Wait until the other rotation has ended."


class WrappingKey(NamedTuple):
    """A key-encryption key. Never printed."""

    value: bytes

    @property
    def id(self) -> bytes:
        """Eight bytes that name the key and tell nothing of it."""
        return hmac.digest(self.value, b"codex32/1|wrapping-key-id", "sha256")[:WRAPPER_ID_BYTES]

    def __repr__(self) -> str:
        return f"WrappingKey({self.id.hex()})"


class Ring(Protocol):
    """Keys in order: the last one wraps. Read anew whenever it is asked."""

    def read(self) -> Sequence[WrappingKey]: ...


class GivenRing:
    """From CODEX32_SECRETS_KEY: keys in hexadecimal or base64 between blanks, the one that wraps first."""

    def __init__(self, text: str) -> None:
        """Raises MasterKeyError for what is not a key."""
        self._keys = tuple(WrappingKey(parse_master_key(part).value) for part in reversed(text.split()))

    def read(self) -> Sequence[WrappingKey]:
        return self._keys


class FileRing:
    """`home/secrets.keys`, mode 0600, a key a line, the last one wraps; before all the master key's own.

    Without the file only the key that is derived from the master key is there.
    """

    def __init__(self, path: Path, master: MasterKey) -> None:
        self.path = path
        self._first = WrappingKey(master.derive(_PURPOSE))

    def read(self) -> Sequence[WrappingKey]:
        """Raises MasterKeyError, also if others may read the file."""
        try:
            mode = self.path.stat().st_mode
            lines = self.path.read_text().split()
        except FileNotFoundError:
            return (self._first,)
        except (OSError, UnicodeDecodeError) as error:
            raise MasterKeyError(f"{self.path} cannot be read: {error}.") from error
        if stat.S_IMODE(mode) & 0o077:
            raise MasterKeyError(
                f"{self.path} can be read by others.", next_step=f"Run chmod 600 {self.path}."
            )
        return (self._first, *(WrappingKey(parse_master_key(line).value) for line in lines))

    @contextmanager
    def changing(self) -> Generator[None]:
        """Only inside may keys be added and forgotten. Raises RotationRunningError."""
        try:
            lock = self.path.with_name(f"{self.path.name}.lock").open("a")
        except OSError as error:
            raise MasterKeyError(f"{self.path} cannot be changed: {error}.") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RotationRunningError(f"{self.path} is being changed by another process.") from None
            yield

    def add(self) -> WrappingKey:
        """Write one more key, which wraps from now on."""
        key = WrappingKey(secrets.token_bytes(32))
        self._write([*self.read()[1:], key])
        return key

    def keep_only(self, ids: set[bytes]) -> list[WrappingKey]:
        """Forget the other keys of the file, never the last one; those that went."""
        own = self.read()[1:]
        if not own:
            return []
        *older, last = own
        gone = [key for key in older if key.id not in ids]
        if gone:
            self._write([*(key for key in older if key.id in ids), last])
        return gone

    def _write(self, keys: Sequence[WrappingKey]) -> None:
        """Whole or not at all: a reader sees the file before or after."""
        fresh = self.path.with_name(f".{self.path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write("".join(f"{key.value.hex()}\n" for key in keys))
                file.flush()
                os.fsync(file.fileno())
            if os.geteuid() == 0:
                # Whoever runs the server must be able to read it, whoever rotates.
                folder = self.path.parent.stat()
                os.chown(fresh, folder.st_uid, folder.st_gid)
            fresh.replace(self.path)
            _sync_folder(self.path.parent)
        finally:
            fresh.unlink(missing_ok=True)


class RingEncryption:
    """`crypto.KeyEncryption` over a ring. Keys that were seen once stay usable in this process."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._known: dict[bytes, WrappingKey] = {}

    async def current_id(self) -> bytes:
        return (await self._current()).id

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Raises MasterKeyError when the ring cannot be read."""
        wrapper = await self._current()
        return wrap_with(wrapper.id, wrapper.value, key, context)

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Raises SealBrokenError, WrappingKeyMissingError, MasterKeyError."""
        wanted = wrapper_of(wrapped)
        if wanted not in self._known:
            await self._current()
        wrapper = self._known.get(wanted)
        if wrapper is None:
            raise WrappingKeyMissingError(f"There is no wrapping key {wanted.hex()} here.")
        return unwrap_with(wrapper.value, wrapped, context)

    async def _current(self) -> WrappingKey:
        keys = await asyncio.to_thread(self._ring.read)
        self._known |= {key.id: key for key in keys}
        return keys[-1]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
