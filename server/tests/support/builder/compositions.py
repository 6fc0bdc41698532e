"""Wishes, and what the bots built from them must do with data they have never seen.

Each check is the body of a test: `run(**input_files)` calls main on a workbench (keys with `__` for `.`) and
gives back the report and the bench; `main` and `workbench` are at hand too.
"""
# ruff: noqa: E501 - data as it is read

from __future__ import annotations

COMPOSITIONS: dict[str, tuple[str, str]] = {
    "the wish of the README": (
        "every weekday at 9 clean the contacts CSV: drop rows without an email, deduplicate by email, "
        "and report how many were dropped",
        """
        data = "Name,E-Mail\\nAnn,ann@x.org\\nBob,\\nAnn B,ANN@x.org \\nCid,  \\nDée,dee@x.org\\n"
        report, bench = run(export__csv=data)
        assert (report["rows_in"], report["rows_out"], report["dropped"]) == (5, 2, 3)
        assert (report["dropped_missing_email"], report["duplicates_removed"]) == (2, 1)
        assert bench.output_text("contacts-clean.csv") == "Name,E-Mail\\nAnn,ann@x.org\\nDée,dee@x.org\\n"
        """,
    ),
    "figures as a file": (
        "read sales.csv, sum the amount by shop and save the result in a CSV file",
        """
        report, bench = run(sales__csv="shop,amount\\nA,120.5\\nB,80\\na,99.5\\n")
        assert report["by_shop"] == {"A": {"count": 2, "sum_amount": 220}, "B": {"count": 1, "sum_amount": 80}}
        assert bench.output_text("sales-result.csv") == "shop,count,sum_amount\\nA,2,220\\nB,1,80\\n"
        """,
    ),
    "figures by columns of long names": (
        "sum the amount by branch_office_departments and responsible_regional_director "
        "in sales.csv and save the result as totals.csv",
        """
        heads = "branch_office_departments", "responsible_regional_director"
        report, bench = run(sales__csv=",".join(heads) + ",amount\\nA,Ann,3\\nA,Ann,4\\n")
        assert bench.output_text("totals.csv").splitlines() == [f"{heads[0]} and {heads[1]},count,sum_amount", "A / Ann,2,7"]
        """,
    ),
    "figures as JSON, the rows as they are": (
        "sort sales.csv by amount, save the rows as sorted.csv and sum the amount by shop and save the result as totals.json",
        """
        import json

        report, bench = run(sales__csv="shop,amount\\nA,3\\nB,1\\n")
        assert bench.output_text("sorted.csv") == "shop,amount\\nB,1\\nA,3\\n"
        totals = [{"shop": "B", "count": 1, "sum_amount": 1}, {"shop": "A", "count": 1, "sum_amount": 3}]
        assert json.loads(bench.output_text("totals.json")) == totals
        """,
    ),
    "filter by number and country": (
        "keep only orders where amount is at least 100 and country is Spain from orders.csv",
        """
        report, bench = run(orders__csv="amount;country\\n1.250,50;spain\\n99;Spain\\n100;Italy\\n100; SPAIN \\n")
        assert report["rows_out"] == 2
        report, _ = run(orders__csv="amount,country\\n50,Spain\\n", amount_limit=10)
        assert report["rows_out"] == 1
        """,
    ),
    "drop old dates": (
        "drop rows where date is before 2025-06-01 in log.csv",
        """
        report, _ = run(log__csv="date,x\\n2025-05-31,a\\n2025-06-01,b\\n1/5/2025,c\\n,d\\n")
        assert (report["rows_out"], report["dropped"]) == (2, 2)
        """,
    ),
    "recent dates": (
        "keep rows where date is within the last 7 days in log.csv",
        """
        from datetime import UTC, datetime, timedelta
        today = datetime.now(UTC).date()
        days = [today, today - timedelta(days=7), today - timedelta(days=9), today + timedelta(days=2)]
        report, _ = run(log__csv="date,x\\n" + "".join(f"{day},x\\n" for day in days))
        assert report["rows_out"] == 2
        """,
    ),
    "values from a list": (
        "keep rows where country is Spain, France or Italy in people.csv",
        """
        report, _ = run(people__csv="country,x\\nspain,1\\nFRANCE,2\\nPeru,3\\n,4\\n")
        assert report["rows_out"] == 2
        """,
    ),
    "validate limits": (
        "validate orders.csv: amount must be greater than 0, the weight must be between 1 and 10, "
        "amount must be at most 500 and region is required",
        """
        data = "amount,weight,region\\n1,1,N\\n0,5,N\\n501,5,N\\nten,5,N\\n5,11,N\\n5,10,\\n500,10,S\\n"
        report, bench = run(orders__csv=data)
        assert (report["rows_out"], report["dropped_invalid"]) == (2, 5)
        assert (report["invalid_amount"], report["invalid_amount_2"]) == (2, 2)
        assert (report["invalid_weight"], report["invalid_region"]) == (1, 1)
        assert bench.output_text("orders-invalid.csv").count("\\n") == 6
        report, _ = run(orders__csv=data, amount_limit=-1)
        assert report["dropped_invalid"] == 4
        """,
    ),
    "validate": (
        "validate that email is a valid email and amount is a number in orders.csv",
        """
        report, bench = run(orders__csv="email,amount\\na@b.co,1\\nnope,x\\nc@d.org,\\n")
        assert (report["rows_out"], report["dropped_invalid"]) == (1, 2)
        assert (report["invalid_email"], report["invalid_amount"]) == (1, 2)
        assert bench.output_text("orders-invalid.csv").splitlines()[1].startswith("nope,x,")
        """,
    ),
    "tidy text": (
        "clean contacts.csv: trim spaces, lowercase email, remove duplicates by email, sort by name",
        """
        report, bench = run(contacts__csv="name,email\\n Zoe ,Z@X.ORG\\nAnn  B,a@x.org\\nzoe,z@x.org\\n")
        assert bench.output_text("contacts-clean.csv") == "name,email\\nAnn B,a@x.org\\nZoe,z@x.org\\n"
        """,
    ),
    "plain clean": (
        "clean the CSV",
        """
        report, bench = run(anything__csv="a,b\\n 1 ,2\\n,\\n , \\n3,\\n")
        assert bench.output_text("data-clean.csv") == "a,b\\n1,2\\n3,\\n"
        assert report["dropped"] == 2
        """,
    ),
    "fill, rename, select, save": (
        "read people.csv, fill missing country with Spain, rename mail to email, keep only the columns email and "
        "country and save it as out.json",
        """
        import json
        _, bench = run(people__csv="name,Mail,country\\nAnn,a@b.c,\\nBob,d@e.f,Peru\\n")
        expected = [{"email": "a@b.c", "country": "Spain"}, {"email": "d@e.f", "country": "Peru"}]
        assert json.loads(bench.output_text("out.json")) == expected
        """,
    ),
    "highest rows": (
        "top 2 products by price in products.csv",
        """
        _, bench = run(products__csv="name,price\\na,9\\nb,10\\nc,\\nd,\\"1,000\\"\\n")
        assert bench.output_text("products-clean.csv").splitlines() == ["name,price", 'd,"1,000"', "b,10"]
        """,
    ),
    "join and total": (
        "join orders.csv with customers.csv on customer_id and sum amount per country",
        """
        orders = "Customer ID,amount\\n1,10\\n2,5.5\\n1,2\\n9,100\\n"
        customers = "customer_id,country\\n1,Spain\\n2,Italy\\n"
        report, bench = run(orders__csv=orders, customers__csv=customers)
        assert report["rows_without_match"] == 1
        assert report["by_country"] == {
            "Spain": {"count": 2, "sum_amount": 12}, "Italy": {"count": 1, "sum_amount": 5.5}
        }
        """,
    ),
    "stack": (
        "append february.csv to january.csv and remove duplicates",
        """
        report, bench = run(january__csv="a,b\\n1,x\\n2,y\\n", february__csv="b,a\\nX,1\\nz,3\\n")
        assert report["rows_out"] == 3
        assert bench.output_text("january-clean.csv").splitlines() == ["a,b", "1,x", "2,y", "3,z"]
        """,
    ),
    "figures per group of JSON": (
        "load sales.json, keep only rows where country is France, and compute the average price by category",
        """
        import json
        rows = [{"country": "France", "price": 3, "category": "A"}, {"country": "france", "price": "4", "category": "a"},
                {"country": "Peru", "price": 9, "category": "A"}, {"country": "France", "price": None, "category": "B"}]
        report, _ = run(sales__json=json.dumps(rows))
        assert report["by_category"] == {
            "A": {"count": 2, "average_price": 3.5}, "B": {"count": 1, "average_price": None}
        }
        """,
    ),
    "all figures": (
        "summarise amount in sales.csv",
        """
        report, _ = run(sales__csv="amount\\n1\\n2\\n\\"1,000.5\\"\\nx\\n\\n")
        assert (report["sum_amount"], report["min_amount"], report["max_amount"]) == (1003.5, 1, 1000.5)
        assert (report["median_amount"], report["not_numbers"]) == (2, 1)
        """,
    ),
    "top groups": (
        "top 2 countries by total amount in sales.csv",
        """
        report, _ = run(sales__csv="country,amount\\na,1\\nb,5\\nc,3\\na,9\\n")
        assert list(report["by_countries"]) == ["a", "b"]
        """,
    ),
    "report on a file": (
        "every monday at 8 give me a report on sales.csv",
        """
        report, _ = run(sales__csv="id,city\\n1,Rome\\n3,\\n")
        assert report["columns"]["id"]["average"] == 2
        assert report["columns"]["city"] == {"filled": 1, "empty": 1, "distinct": 1}
        """,
    ),
    "keywords": (
        "report the top 2 words in notes.txt",
        """
        report, _ = run(notes__txt="Rain, rain and the sun. Sun rain!")
        assert report["keywords"] == {"rain": 3, "sun": 2}
        assert report["words"] == 7
        """,
    ),
    "certain words": (
        'count how often "error" and "time out" appear in app.log',
        """
        report, _ = run(app__log="ERROR a\\nerrors\\nTime out; error\\n")
        assert report["occurrences"] == {"error": 2, "time out": 1}
        """,
    ),
    "change": (
        "remember the status and tell me when it changes",
        """
        with workbench():
            seen = [main(value)["alert"] for value in ("ok", "ok", "down", "down", "ok")]
        assert seen == [False, False, True, False, True]
        """,
    ),
    "limits": (
        "alert me when the stock is below 5 or above 100",
        """
        with workbench() as bench:
            seen = [main(value)["alert"] for value in (50, 4, 3, 6, 101, 102, 2)]
        assert seen == [False, True, False, False, True, False, True]
        assert len([entry for entry in bench.logs if entry.level == "warning"]) == 3
        """,
    ),
    "percent": (
        "tell me when the price drops by more than 10%",
        """
        with workbench():
            seen = [main(value)["alert"] for value in (100, 95, 80, 79, 200)]
        assert seen == [False, False, True, False, False]
        """,
    ),
    "figure of a file over time": (
        "every hour remember the sum of amount in sales.csv and report when it exceeds 1000",
        """
        with workbench(inputs={"s.csv": "amount\\n900\\n"}, state={"sum_amount": 800}) as bench:
            assert main()["alert"] is False
            bench.add_input("s.csv", "amount\\n900\\n200\\n")
            report = main()
        assert (report["alert"], report["value"], report["previous"]) == (True, 1100, 900)
        """,
    ),
    "reminder": (
        "remind me to water the plants every friday at 18:00",
        """
        with workbench():
            assert main()["reminder"] == "water the plants"
        """,
    ),
    "Spanish": (
        "cada día laborable a las 9 limpia el CSV de contactos: elimina las filas sin correo, deduplica por correo "
        "e informa de cuántas se han eliminado",
        """
        report, _ = run(contactos__csv="nombre;Correo\\nJosé;j@x.es\\nPepe;J@X.ES\\nAna;\\n")
        assert (report["rows_out"], report["dropped"]) == (1, 2)
        """,
    ),
    "figures of some rows": (
        "sum amount per region where status is paid in orders.csv",
        """
        report, _ = run(orders__csv="region,status,amount\\nn,paid,5\\nn,open,7\\ns,PAID,1\\n")
        assert report["by_region"]["n"] == {"count": 1, "sum_amount": 5}
        assert report["rows_out"] == 2
        """,
    ),
    "names that need care": (
        "drop rows where 'Total {net} \\ €' is below 10 and sort by \"class\" in odd.csv",
        """
        report, bench = run(odd__csv="class,Total {net} \\\\ €\\nb,12\\nc,5\\na,30\\n")
        assert bench.output_text("odd-clean.csv").splitlines()[1:] == ["a,30", "b,12"]
        """,
    ),
}
