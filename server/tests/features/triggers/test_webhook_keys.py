"""Addresses, secrets and tokens of webhooks: derived, distinct, and of no use for anything else."""

from __future__ import annotations

import pytest
from codex32_server.features.triggers.service.keys import Address, WebhookKeys
from codex32_server.features.triggers.service.rates import Buckets
from codex32_server.kit.ids import new_id
from codex32_server.kit.standard_webhooks import secret_key
from hypothesis import given
from hypothesis import strategies as st

KEYS = WebhookKeys(b"k" * 32)
ID = new_id()


@given(st.uuids(), st.integers(0, 65535))
def test_an_address_says_what_it_was_made_of(identifier: object, generation: int) -> None:
    text = KEYS.address(identifier, generation)  # type: ignore[arg-type]
    assert len(text) == 43
    assert KEYS.read_address(text) == Address(identifier, generation)  # type: ignore[arg-type]
    assert WebhookKeys(b"x" * 32).read_address(text) is None


@given(st.text(max_size=60))
def test_what_was_never_given_out_is_unknown(text: str) -> None:
    assert KEYS.read_address(text) is None


@pytest.mark.parametrize("place", range(43))
def test_one_other_character_is_another_address(place: int) -> None:
    text = KEYS.address(ID, 1)
    other = "A" if text[place] != "A" else "B"
    changed = text[:place] + other + text[place + 1 :]
    found = KEYS.read_address(changed)
    # The last character carries two bits more than the address has.
    assert found is None or (place == 42 and found == Address(ID, 1))


def test_secrets_differ_by_webhook_generation_and_kind() -> None:
    other = new_id()
    secrets = {
        KEYS.secret(auth, identifier, generation)
        for auth in ("signature", "token")
        for identifier in (ID, other)
        for generation in (1, 2)
    }
    assert len(secrets) == 8
    assert KEYS.secret("none", ID, 1) is None
    signing = KEYS.secret("signature", ID, 1)
    assert signing is not None
    assert secret_key(signing) == KEYS.signing_key(ID, 1)
    assert "***" in repr(KEYS)


def test_a_token_of_any_valid_generation_is_taken() -> None:
    second = KEYS.secret("token", ID, 2)
    assert second is not None
    assert KEYS.is_token(second, ID, [3, 2])
    assert not KEYS.is_token(second, ID, [3])
    assert not KEYS.is_token(second, new_id(), [2])
    assert not KEYS.is_token("", ID, [2])
    assert not KEYS.is_token("\udcff", ID, [2])


def test_a_bucket_sheds_what_is_too_much_and_fills_again() -> None:
    now = 0.0
    buckets = Buckets(10, 3, capacity=2, clock=lambda: now)
    assert [buckets.take(ID) for _ in range(3)] == [0, 0, 0]
    assert buckets.take(ID) == pytest.approx(0.1)
    now = 0.11
    assert buckets.take(ID) == 0
    assert buckets.take(ID) > 0
    for _ in range(3):
        assert buckets.take(new_id()) == 0
    assert buckets.take(ID) == 0  # forgotten: memory is bounded
