"""Standard Webhooks: the vector of the specification's own libraries, and everything that must be refused."""

from __future__ import annotations

import pytest
from codex32_server.kit.standard_webhooks import (
    TOLERANCE,
    SignatureError,
    secret_key,
    secret_text,
    sign,
    verify,
)
from hypothesis import given
from hypothesis import strategies as st

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
NOW = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
KEY = secret_key(SECRET)


def headers(**changes: str | None) -> dict[str, str]:
    given = {"webhook-id": ID, "webhook-timestamp": str(NOW), "webhook-signature": SIGNATURE}
    given |= {f"webhook-{name}": value for name, value in changes.items()}
    return {name: value for name, value in given.items() if value is not None}


def test_the_published_vector() -> None:
    assert sign(KEY, ID, NOW, BODY) == SIGNATURE
    assert verify([KEY], headers(), BODY, NOW) == ID
    assert secret_text(KEY) == SECRET


def test_any_of_several_secrets_and_signatures_will_do() -> None:
    many = headers(signature=f"v1,AAAA v2,x {SIGNATURE} v1a,ed25519")
    assert verify([b"other", KEY], many, BODY, NOW) == ID


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": None}, "signature_missing"),
        ({"timestamp": None}, "signature_missing"),
        ({"signature": None}, "signature_missing"),
        ({"signature": ""}, "signature_missing"),
        ({"id": "msg_other"}, "signature_invalid"),
        ({"id": "a b"}, "signature_invalid"),
        ({"id": "x" * 256}, "signature_invalid"),
        ({"timestamp": str(NOW + 1)}, "signature_invalid"),
        ({"timestamp": "0" + str(NOW)}, "signature_invalid"),
        ({"timestamp": "soon"}, "signature_invalid"),
        ({"timestamp": "-1"}, "signature_invalid"),
        ({"timestamp": "9" * 13}, "signature_invalid"),
        ({"timestamp": str(NOW - 301)}, "signature_expired"),
        ({"timestamp": str(NOW + 301)}, "signature_expired"),
        ({"signature": SIGNATURE.replace("v1,", "v2,")}, "signature_invalid"),
        ({"signature": SIGNATURE[:-1]}, "signature_invalid"),
        ({"signature": "x " * 20 + SIGNATURE}, "signature_invalid"),
    ],
)
def test_what_is_refused(changes: dict[str, str | None], code: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verify([KEY], headers(**changes), BODY, NOW)
    assert caught.value.code == code
    assert caught.value.detail.endswith(".")


@pytest.mark.parametrize("late", [0, TOLERANCE, -TOLERANCE])
def test_the_window_is_five_minutes_to_both_sides(late: float) -> None:
    assert verify([KEY], headers(), BODY, NOW + late) == ID


def test_no_valid_secret_is_no_access() -> None:
    with pytest.raises(SignatureError):
        verify([], headers(), BODY, NOW)


def test_a_secret_is_base64() -> None:
    with pytest.raises(ValueError, match="base64"):
        secret_key("whsec_not base64!")


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_only_the_signed_bytes_pass(signed: bytes, sent: bytes) -> None:
    given = headers(signature=sign(KEY, ID, NOW, signed))
    if signed == sent:
        assert verify([KEY], given, sent, NOW) == ID
    else:
        with pytest.raises(SignatureError):
            verify([KEY], given, sent, NOW)
