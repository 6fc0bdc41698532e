"""Which hosts of a manifest a workspace allows."""

from __future__ import annotations

import pytest
from codex32_server.kit.egress import EgressNotAllowedError, check_hosts, outside


@pytest.mark.parametrize(
    ("network", "allowed", "refused"),
    [
        (["a.example.com"], [], []),
        (["a.example.com"], ["a.example.com"], []),
        (["a.example.com"], ["*.example.com"], []),
        (["a.example.com:8443"], ["*.example.com"], ["a.example.com:8443"]),
        (["a.example.com:8443"], ["*.example.com:8443"], []),
        (["example.com"], ["*.example.com"], ["example.com"]),
        (["*.example.com"], ["a.example.com"], ["*.example.com"]),
        (["*.a.example.com"], ["*.example.com"], []),
        (["evil-example.com", "a.example.com.evil.org"], ["*.example.com", "example.com"], None),
    ],
)
def test_what_is_outside(network: list[str], allowed: list[str], refused: list[str] | None) -> None:
    assert outside(network, allowed) == (network if refused is None else refused)


def test_the_error_names_a_few_of_many() -> None:
    with pytest.raises(EgressNotAllowedError, match="and 3 more") as caught:
        check_hosts([f"h{n}.example.com" for n in range(8)], ["example.org"])
    assert caught.value.fields[0].field == "manifest.network"
    check_hosts([], ["example.org"])
