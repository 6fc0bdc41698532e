from codex32_bot.testing import workbench
from invoice_totals import main

LINES = "customer,quantity,price,tax\nAcme,2,10.00,\nAcme,1,0.05,10\nBolt,3,1.335,0\n"


def test_totals_per_customer() -> None:
    with workbench(inputs={"invoices.csv": LINES}) as bench:
        report = main()
        assert report["customers"]["Acme"] == {"lines": 2, "net": "20.05", "tax": "4.21", "gross": "24.26"}
        assert report["customers"]["Bolt"]["gross"] == "4.01"
        assert report["gross"] == "28.27"
        assert bench.output_text("totals.csv").splitlines()[1] == "Acme,2,20.05,4.21,24.26"


def test_a_line_without_a_number_is_left_out_and_told() -> None:
    with workbench(inputs={"invoices.csv": "customer,quantity,price\nAcme,two,10\nAcme,1,10\n"}) as bench:
        report = main(tax=0)
        assert report["skipped"] == 1
        assert report["gross"] == "10.00"
        assert len(bench.logs) == 1
