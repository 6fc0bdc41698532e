"""The network itself, in numpy: BERT of 12 layers, mean of the last layer, length 1. No file, no process.

The formulas are those of Devlin et al. 2019; E5 puts `query: ` or `passage: ` before a text (Wang et al.
2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codex32_server.gateway.embeddings.port import Kind
from codex32_server.gateway.embeddings.tokens import Tokenizer
from codex32_server.gateway.embeddings.weights import Floats, Weights, opened

MOST_TOKENS = 512


@dataclass(frozen=True)
class _Linear:
    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        return x @ self.weight + self.bias


@dataclass(frozen=True)
class _Norm:
    weight: Floats
    bias: Floats
    epsilon: float

    def __call__(self, x: Floats) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        return centred / np.sqrt(variance + np.float32(self.epsilon)) * self.weight + self.bias


@dataclass(frozen=True)
class _Layer:
    query_key_value: _Linear
    out: _Linear
    after_attention: _Norm
    inner: _Linear
    outer: _Linear
    after: _Norm


class Encoder:
    """Texts to vectors, one after the other: a longer text costs no memory for shorter ones."""

    def __init__(self, weights: Weights) -> None:
        self._shape = weights.shape
        self._tokenizer = Tokenizer(weights.vocabulary)
        self._words = weights.packed("emb.word", self._shape.width)
        self._positions = weights.floats("emb.pos").reshape(-1, self._shape.width)
        self._type = weights.floats("emb.type")[: self._shape.width]
        self._norm = _norm(weights, "emb.ln")
        self._layers = [_layer(weights, f"l{number}") for number in range(self._shape.layers)]

    @property
    def dimensions(self) -> int:
        return self._shape.width

    def embed(self, texts: Sequence[str], kind: Kind) -> Floats:
        """Row for row the vectors of `texts`."""
        return np.stack([self._one(f"{kind}: {text}") for text in texts])

    def _one(self, text: str) -> Floats:
        numbers = self._tokenizer.encode(text, MOST_TOKENS)
        x = opened(self._words[numbers]) + self._positions[: len(numbers)] + self._type
        x = self._norm(x)
        for layer in self._layers:
            x = layer.after_attention(x + layer.out(self._attend(layer.query_key_value(x))))
            x = layer.after(x + layer.outer(_gelu(layer.inner(x))))
        mean = x.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def _attend(self, projected: Floats) -> Floats:
        heads, size = self._shape.heads, self._shape.width // self._shape.heads
        q, k, v = projected.reshape(-1, 3, heads, size).transpose(1, 2, 0, 3)
        scores = q @ k.transpose(0, 2, 1) / np.float32(np.sqrt(size))
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        return (scores @ v).transpose(1, 0, 2).reshape(-1, self._shape.width)


def _layer(weights: Weights, name: str) -> _Layer:
    width, inner = weights.shape.width, weights.shape.inner
    parts = [_linear(weights, f"{name}.{part}", width) for part in ("q", "k", "v")]
    together = _Linear(
        np.ascontiguousarray(np.concatenate([part.weight for part in parts], axis=1)),
        np.concatenate([part.bias for part in parts]),
    )
    return _Layer(
        together,
        _linear(weights, f"{name}.ao", width),
        _norm(weights, f"{name}.aln"),
        _linear(weights, f"{name}.fi", width),
        _linear(weights, f"{name}.fo", inner),
        _norm(weights, f"{name}.oln"),
    )


def _linear(weights: Weights, name: str, columns: int) -> _Linear:
    matrix = weights.matrix(f"{name}.w", columns)
    return _Linear(np.ascontiguousarray(matrix.T), weights.floats(f"{name}.b"))


def _norm(weights: Weights, name: str) -> _Norm:
    return _Norm(weights.floats(f"{name}.w"), weights.floats(f"{name}.b"), weights.shape.epsilon)


def _gelu(x: Floats) -> Floats:
    """x · Φ(x), with the error function of Abramowitz and Stegun 7.1.26 (absolute error 1.5e-7)."""
    z = np.abs(x) * np.float32(0.70710678)
    t = 1 / (1 + np.float32(0.3275911) * z)
    polynomial = np.float32(1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        polynomial = polynomial * t + np.float32(factor)
    erf = 1 - polynomial * t * np.exp(-z * z)
    return x * (1 + np.copysign(erf, x)) * np.float32(0.5)
