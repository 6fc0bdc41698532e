from decimal import Decimal
from typing import Any

import exchange_rates
import pytest
from exchange_rates import main

asked: list[str] = []


@pytest.fixture(autouse=True)
def rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests have no network."""

    def fetched(url: str) -> dict[str, Any]:
        asked.append(url)
        return {"date": "2026-03-02", "rates": {"USD": Decimal("1.0845"), "GBP": Decimal("0.8311")}}

    asked.clear()
    monkeypatch.setattr(exchange_rates, "fetched", fetched)


def test_amounts_are_exact() -> None:
    result = main("99.95", "eur")
    assert result["converted"] == {"USD": "108.40", "GBP": "83.07"}
    assert (result["base"], result["date"]) == ("EUR", "2026-03-02")
    assert asked == ["https://api.frankfurter.dev/v1/latest?base=EUR&symbols=USD%2CGBP"]


def test_a_currency_without_a_rate() -> None:
    with pytest.raises(ValueError, match="no rate for XXX"):
        main(into=["USD", "XXX"])


@pytest.mark.parametrize("currency", ["", "EURO", "E1R", "a&b"])
def test_what_is_no_currency_is_not_asked_for(currency: str) -> None:
    with pytest.raises(ValueError, match="no currency"):
        main(base=currency)
    assert asked == []
