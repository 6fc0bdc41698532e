"""Wishes that reach the world, and what the bots built from them must do there.

Each check is the body of a test. `run(http, secrets…)` calls main on a workbench and gives back the report
and the bench; `main`, `workbench` and `Response` are at hand too.
"""
# ruff: noqa: E501 - data as it is read

from __future__ import annotations

SLACK = "https://hooks.slack.com/services/T1/B1/z"

COMPOSITIONS_WEB: dict[str, tuple[str, str]] = {
    "rows of an API to Slack": (
        "every hour fetch the orders from https://api.example.com/orders and post the rows where amount is above 100 to Slack",
        """
        orders = [{"id": 1, "amount": 150, "user": {"name": "Ann"}}, {"id": 2, "amount": 50, "user": {"name": "Bob"}}]
        report, bench = run({"https://api.example.com/orders": Response(body=orders)})
        told = bench.requests[-1].json()["text"]
        assert (report["rows_in"], report["rows_out"]) == (2, 1)
        assert "Ann" in told and "Bob" not in told
        """,
    ),
    "the last run's rows are not told again": (
        "every 15 minutes fetch the orders from https://api.example.com/orders and post only the new ones to Slack",
        """
        pages = [{"items": [{"id": 1}, {"id": 2}]}, {"items": [{"id": 1}, {"id": 2}]}, {"items": [{"id": 3}, {"id": 2}]}]
        with workbench(http={"https://api.example.com/orders": pages, SLACK: "ok"}, secrets=SECRETS) as bench:
            for _ in range(3):
                main()
                bench.next_run()
        told = [sent.json()["text"] for sent in bench.requests if sent.url == SLACK]
        assert len(told) == 2
        assert "id: 3" in told[1] and "id: 2" not in told[1]
        """,
    ),
    "a value that crosses a limit": (
        "get https://api.example.com/price every 10 minutes and tell me on Slack when the price drops below 100",
        """
        prices = [{"data": {"price": price}} for price in ("120", 99, 98, 101, 97.5)]
        with workbench(http={"https://api.example.com/price": prices, SLACK: "ok"}, secrets=SECRETS) as bench:
            for _ in range(5):
                main()
                bench.next_run()
        told = [sent.json()["text"] for sent in bench.requests if sent.url == SLACK]
        assert len(told) == 2 and "97.5" in told[1]
        """,
    ),
    "a broken API": (
        "every hour fetch the orders from https://api.example.com/orders and email them to ann@example.com",
        """
        import pytest
        broken = workbench(http={"https://api.example.com/orders": Response(500)}, secrets=SECRETS)
        with broken as bench, pytest.raises(ConnectionError, match="answered 500"):
            main()
        assert len(bench.requests) == 3 and not bench.mails
        """,
    ),
    "pages and a token": (
        "fetch https://api.example.com/orders with the token API_TOKEN, all pages, the rows are under data.items, and sum amount",
        """
        first = {"data": {"items": [{"amount": 1}]}, "next": "https://api.example.com/orders?page=2"}
        answers = {"https://api.example.com/orders": first, "https://api.example.com/orders?page=2": {"data": {"items": [{"amount": 2}]}}}
        report, bench = run(answers)
        assert report["sum_amount"] == 3
        assert {sent.headers["authorization"] for sent in bench.requests} == {"Bearer t"}
        """,
    ),
    "silence": (
        "every day at 9 keep the rows where amount is above 100 in sales.csv and post them to Slack, if there are none stay silent",
        """
        with workbench(inputs={"sales.csv": "amount\\n1\\n"}, http={SLACK: "ok"}, secrets=SECRETS) as bench:
            assert main()["rows_out"] == 0
        assert not bench.requests
        """,
    ),
    "a mail with the table": (
        'sum amount by country in sales.csv and email it to ann@example.com and bob@example.com via smtp.example.com:465 with the subject "Sales" and the table attached',
        """
        with workbench(inputs={"sales.csv": "country,amount\\nES,1\\nES,2\\nFR,5\\n"}, secrets=SECRETS) as bench:
            main()
        (told,) = bench.mails
        assert (told.subject, told.recipients) == ("Sales", ["ann@example.com", "bob@example.com"])
        assert "ES: count: 2, sum_amount: 3" in told.text
        assert b"FR,5" in next(iter(told.attachments.values()))
        """,
    ),
    "new items of a feed": (
        "every hour read the feed https://blog.example/feed.xml, keep only items where title contains python and post the new ones to Discord",
        """
        item = "<item><title>{}</title><link>https://blog.example/{}</link></item>"
        feed = "<rss><channel>" + item.format("Python 4", 1) + item.format("Gardening", 2) + "</channel></rss>"
        report, bench = run({"https://blog.example/feed.xml": feed})
        assert "Python 4" in bench.requests[-1].json()["content"] and report["rows_out"] == 1
        """,
    ),
    "a page that changes": (
        "every day at 8 tell me on Slack when the page https://example.com/news changes",
        """
        pages = ["<p>Open</p>", "<p>Open</p>", "<p>Closed</p>"]
        with workbench(http={"https://example.com/news": pages, SLACK: "ok"}, secrets=SECRETS) as bench:
            for _ in pages:
                main()
                bench.next_run()
        (told,) = [sent.json()["text"] for sent in bench.requests if sent.url == SLACK]
        assert "-Open" in told and "+Closed" in told
        """,
    ),
    "a price on a page": (
        'every 30 minutes watch the price on the page https://shop.example/lamp with the selector "span.price" and tell me on Telegram when it drops below 50',
        """
        report, bench = run({"https://shop.example/lamp": "<div>60 <span class='price big'>49,90 €</span></div>"})
        assert (report["value"], report["alert"]) == (49.9, True)
        assert bench.requests[-1].json()["chat_id"] == "42"
        """,
    ),
    "a site that is down": (
        "every 5 minutes check that https://example.com is up and tell me on Slack when it is down",
        """
        answers = [Response(200), Response(503), Response(503), Response(503), Response(503), Response(200)]
        with workbench(http={"https://example.com/": answers, SLACK: "ok"}, secrets=SECRETS) as bench:
            reports = []
            for _ in range(4):
                reports.append(main())
                bench.next_run()
        told = [sent.json()["text"] for sent in bench.requests if sent.url == SLACK]
        assert len(told) == 2
        assert "answered 503" in told[0] and "fine again" in told[1]
        """,
    ),
    "new issues": (
        "every hour get the open issues of octocat/hello-world and post the new ones to Microsoft Teams",
        """
        issue = {"number": 5, "title": "It breaks", "user": {"login": "ann"}, "html_url": "https://github.com/x/5", "labels": []}
        report, bench = run({"https://api.github.com/repos/octocat/hello-world/issues": Response(body=[issue])})
        assert "It breaks" in bench.requests[-1].text and report["rows_out"] == 1
        """,
    ),
    "a webhook that is answered": (
        "when a webhook arrives sum amount by country and answer with the result",
        """
        with workbench() as bench:
            report = main(body=[{"amount": 2, "country": "ES"}, {"amount": 3, "country": "es"}])
        assert report["by_country"] == {"ES": {"count": 2, "sum_amount": 5}}
        """,
    ),
    "a payload that crosses a limit": (
        "when a webhook arrives tell me on Discord if the temperature is above 30",
        """
        with workbench(http={DISCORD: ""}, secrets=SECRETS) as bench:
            main(body={"sensor": {"temperature": 31}})
        assert "31" in bench.requests[0].json()["content"]
        """,
    ),
    "to a program, an event and another bot": (
        "every day at 9 keep rows where stock is below 5 in stock.csv, post them as JSON to https://hooks.example.com/a with the token API_TOKEN, emit the event stock.low and call the bot send-invoice with them as rows",
        """
        answers = {"POST https://hooks.example.com/a": "ok"}
        with workbench(inputs={"stock.csv": "name,stock\\nLamp,3\\nSofa,9\\n"}, http=answers, secrets=SECRETS, calls={"send-invoice": 1}) as bench:
            main()
        assert bench.requests[0].json()["rows"] == [{"name": "Lamp", "stock": "3"}]
        assert bench.events[0].type == "stock.low"
        assert bench.called[0].input == {"rows": [{"name": "Lamp", "stock": "3"}]}
        """,
    ),
    "a database": (
        'every day at 7 run the query "select customer, amount from orders" on the database db.example.com, keep rows where amount is above 100 and email them to ann@example.com',
        """
        rows = [{"customer": "Ann", "amount": 150}, {"customer": "Bob", "amount": 20}]
        with workbench(sql={"select customer, amount from orders": rows}, secrets=SECRETS) as bench:
            main()
        assert "Ann" in bench.mails[0].text and "Bob" not in bench.mails[0].text
        """,
    ),
    "a figure of a database": (
        'every hour run the query "select count(*) from tickets" on the database db.example.com and tell me on Slack when it goes above 5',
        """
        with workbench(sql={"*": [{"count": 6}]}, http={SLACK: "ok"}, secrets=SECRETS) as bench:
            assert main()["alert"]
        assert "6" in bench.requests[0].json()["text"]
        """,
    ),
    "an issue is opened": (
        'every monday at 8 keep rows where stock is below 5 in stock.csv and open an issue in ann/shop with the title "Low stock", if there are none stay silent',
        """
        answers = {"POST https://api.github.com/repos/ann/shop/issues": {"number": 3}}
        with workbench(inputs={"stock.csv": "name,stock\\nLamp,3\\n"}, http=answers, secrets=SECRETS) as bench:
            main()
        assert bench.requests[0].json()["title"] == "Low stock" and "Lamp" in bench.requests[0].json()["body"]
        """,
    ),
    "words in a chat": (
        'post "Timesheets, please" to Slack every friday at 16:00',
        """
        report, bench = run({})
        assert bench.requests[0].json() == {"text": "Timesheets, please"}
        """,
    ),
    "nothing has changed": (
        "get https://api.example.com/orders daily at 7 and post to Slack only if something changed",
        """
        with workbench(http={"https://api.example.com/orders": [{"n": 1}, {"n": 1}, {"n": 2}], SLACK: "ok"}, secrets=SECRETS) as bench:
            for _ in range(3):
                main()
                bench.next_run()
        assert len([sent for sent in bench.requests if sent.url == SLACK]) == 2
        """,
    ),
    "en español": (
        "cada hora lee los pedidos de https://api.example.com/pedidos, conserva solo las filas donde importe sea mayor que 100 y envíalas por correo a ana@example.com",
        """
        report, bench = run({"https://api.example.com/pedidos": {"items": [{"importe": "150"}, {"importe": "5"}]}})
        assert bench.mails[0].recipients == ["ana@example.com"] and "150" in bench.mails[0].text
        """,
    ),
    "a very long address": (
        "fetch https://api.example.com/a-very-long-path/with-many-parts/and-even-more/because-some-addresses-are-really/long?with=a&query=that&never=ends and post it to Slack",
        """
        report, bench = run({"https://api.example.com/a-very*": [{"a": "b"}]})
        assert "a: b" in bench.requests[-1].json()["text"]
        """,
    ),
}

PREAMBLE = '''"""What nobody told the bot."""
from bot import main
from codex32_bot.testing import Response, workbench

SLACK = "https://hooks.slack.com/services/T1/B1/z"
DISCORD = "https://discord.com/api/webhooks/9/z"
TELEGRAM = "https://api.telegram.org/bot9:z/sendMessage"
TEAMS = "https://x.logic.azure.com/workflows/9"
SECRETS = {
    "SLACK_WEBHOOK_URL": SLACK, "DISCORD_WEBHOOK_URL": DISCORD, "TEAMS_WEBHOOK_URL": TEAMS,
    "TELEGRAM_BOT_TOKEN": "9:z", "TELEGRAM_CHAT_ID": "42", "API_TOKEN": "t", "GITHUB_TOKEN": "t",
    "SMTP_URL": "smtps://bot%40example.com:p@smtp.example.com:465",
}


def run(http, **given):
    answers = {SLACK: "ok", DISCORD: "", TELEGRAM: {"ok": True}, TEAMS: "", **http}
    with workbench(http=answers, secrets=SECRETS) as bench:
        return main(**given), bench


def test_hidden():
'''
