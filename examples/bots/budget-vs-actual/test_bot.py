from bot import main
from codex32_bot.testing import workbench

BUDGET = "category,amount\nTravel,1000\nTools,200.50\nFood,100\n"
ACTUAL = (
    "date,category,amount\n2026-10-02,Travel,300\n2026-10-09,Tools,200.51\n2026-10-20,Gifts,5\n"
    "2026-10-21,Food,95\n2026-11-02,Travel,900\n"
)


def test_states_of_one_month() -> None:
    with workbench(inputs={"budget.csv": BUDGET, "actual.csv": ACTUAL}) as bench:
        report = main(month="2026-10")
        states = {line["category"]: line["state"] for line in report["lines"]}
        assert states == {"Travel": "under", "Tools": "over", "Gifts": "unplanned", "Food": "near"}
        assert report["over"] == ["Gifts", "Tools"]
        assert len(bench.logs) == 2
        assert "Tools,200.50,200.51,-0.01,over" in bench.output_text("comparison.csv")


def test_all_months() -> None:
    with workbench(inputs={"budget.csv": BUDGET, "actual.csv": ACTUAL}):
        report = main()
    assert report["spent"] == "1500.51"
    assert "Travel" in report["over"]
