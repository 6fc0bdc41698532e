from datetime import date

import pytest
from working_days import easter_sunday, main


def test_a_deadline_over_easter() -> None:
    answer = main("2026-04-01", days=3)
    assert answer["deadline"] == "2026-04-08"
    assert answer["next_holidays"][:3] == ["2026-04-03", "2026-04-06", "2026-05-01"]
    assert answer["is_working_day"] is True


def test_own_holidays_and_weekend() -> None:
    answer = main("2026-11-26", days=1, holidays=["11-27", "2026-11-30"], easter=False, weekend=[4, 5])
    assert answer["deadline"] == "2026-11-29"


@pytest.mark.parametrize(
    ("year", "sunday"), [(2024, date(2024, 3, 31)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25))]
)
def test_easter(year: int, sunday: date) -> None:
    assert easter_sunday(year) == sunday


def test_a_week_of_rest_is_refused() -> None:
    with pytest.raises(ValueError, match="without a working day"):
        main("2026-01-01", weekend=[0, 1, 2, 3, 4, 5, 6])


def test_today_is_used_without_a_start() -> None:
    assert main(days=0)["deadline"] == main(days=0)["today"]
