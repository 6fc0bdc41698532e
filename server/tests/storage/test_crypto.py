"""Sealing: what goes in comes out, and only in its own place, whole and under its own key."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from codex32_server.storage.crypto import (
    DataKey,
    SealBrokenError,
    about_key,
    about_secret,
    data_key_of,
    new_key,
    seal,
    unseal,
    unwrap_with,
    wrap_with,
    wrapper_of,
)
from hypothesis import given
from hypothesis import strategies as st

WORKSPACE = UUID(int=7)
KEY = DataKey(UUID(int=1), bytes(range(32)))
names = st.from_regex(r"[A-Z][A-Z0-9_]{0,10}", fullmatch=True)
environments = st.none() | st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True)
places = st.tuples(st.uuids(), environments, names, st.integers(1, 99))


@given(value=st.binary(max_size=2000), place=places)
def test_what_is_sealed_opens_in_its_place(value: bytes, place: tuple[UUID, str | None, str, int]) -> None:
    sealed = seal(KEY, value, about_secret(*place))
    assert unseal(KEY, sealed, about_secret(*place)) == value
    assert data_key_of(sealed) == KEY.id
    assert len(value) < 6 or value not in sealed


@given(first=places, second=places)
def test_it_opens_nowhere_else(
    first: tuple[UUID, str | None, str, int], second: tuple[UUID, str | None, str, int]
) -> None:
    sealed = seal(KEY, b"value", about_secret(*first))
    if first != second:
        with pytest.raises(SealBrokenError):
            unseal(KEY, sealed, about_secret(*second))


@pytest.mark.parametrize(
    "other",
    [
        about_secret(UUID(int=8), "prod", "NAME", 1),
        about_secret(WORKSPACE, None, "NAME", 1),
        about_secret(WORKSPACE, "dev", "NAME", 1),
        about_secret(WORKSPACE, "prod", "NAMES", 1),
        about_secret(WORKSPACE, "prod", "NAME", 2),
        about_key(WORKSPACE, KEY.id),
    ],
)
def test_workspace_environment_name_and_version_are_bound(other: bytes) -> None:
    with pytest.raises(SealBrokenError):
        unseal(KEY, seal(KEY, b"value", about_secret(WORKSPACE, "prod", "NAME", 1)), other)


@given(at=st.integers(0, 200), bit=st.integers(0, 7))
def test_one_changed_bit_breaks_it(at: int, bit: int) -> None:
    about = about_secret(WORKSPACE, None, "NAME", 1)
    sealed = bytearray(seal(KEY, b"a value of some length", about))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(SealBrokenError):
        unseal(KEY, bytes(sealed), about)


@given(end=st.integers(0, 60))
def test_a_part_of_it_is_nothing(end: int) -> None:
    sealed = seal(KEY, b"a value of some length", b"about")
    with pytest.raises(SealBrokenError):
        unseal(KEY, sealed[:end], b"about")


def test_another_key_opens_nothing() -> None:
    sealed = seal(KEY, b"value", b"about")
    with pytest.raises(SealBrokenError):
        unseal(DataKey(KEY.id, new_key()), sealed, b"about")
    with pytest.raises(SealBrokenError, match="another key"):
        unseal(DataKey(uuid4(), KEY.value), sealed, b"about")


def test_the_same_value_never_looks_the_same() -> None:
    assert len({seal(KEY, b"value", b"about") for _ in range(100)}) == 100


@given(value=st.binary(min_size=32, max_size=32), context=st.binary(max_size=50))
def test_a_wrapped_key_names_its_wrapper(value: bytes, context: bytes) -> None:
    wrapped = wrap_with(b"wrapper1", KEY.value, value, context)
    assert wrapper_of(wrapped) == b"wrapper1"
    assert unwrap_with(KEY.value, wrapped, context) == value
    with pytest.raises(SealBrokenError):
        unwrap_with(KEY.value, wrapped, context + b"x")


def test_keys_are_never_shown() -> None:
    assert KEY.value.hex() not in repr(KEY)
    assert str(KEY.value) not in f"{KEY} {KEY!r}"
