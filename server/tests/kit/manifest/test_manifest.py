"""From the header of a file to a manifest, or to every problem with its place."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from codex32_server.kit.manifest.errors import BotFileError, ManifestError
from codex32_server.kit.manifest.limits import Budget, Ceilings, Limits, Retries
from codex32_server.kit.manifest.manifest import parse_header, parse_manifest
from codex32_server.kit.manifest.published import manifest_schema
from codex32_server.kit.manifest.schema import InjectedSecret, Manifest, Trigger
from codex32_server.kit.manifest.webhook import Webhook
from hypothesis import given
from hypothesis import strategies as st

FULL = """\
name = "price-watch"
title = "Price watch"
description = "Watches."
role = "collector"
tags = ["shop", "daily"]
kind = "job"
entry = "bot.py"
triggers = [{ schedule = "*/15 8-18 * * mon-fri", timezone = "Europe/Madrid", input = { sku = "A" } }]
network = ["API.shop.example:443"]
secrets = ["SLACK_WEBHOOK"]
budget = { per_run = "0.02 USD", per_month = "5 USD" }
limits = { memory = "512MiB", timeout = "30s", cpu = 2 }
retries = { attempts = 5, backoff = "fixed", delay = "2s", max_delay = "2s" }
concurrency = 2
isolation = "standard"
"""


def header(table: str, top: str = "") -> str:
    lines = [*top.splitlines(), "[tool.codex32]", *table.splitlines()]
    return "# /// script\n" + "".join(f"# {line}\n" if line else "#\n" for line in lines) + "# ///\n"


def problems(table: str, top: str = "") -> list[tuple[str, str, int | None, int | None]]:
    with pytest.raises(ManifestError) as caught:
        parse_header(header(table, top))
    return [(item.field, item.detail, item.line, item.column) for item in caught.value.fields]


def test_everything_there_is() -> None:
    found = parse_header(header(FULL, 'requires-python = ">=3.11"\ndependencies = ["httpx>=0.28"]'))
    manifest = found.manifest
    assert found.dependencies == ("httpx>=0.28",)
    assert manifest.network == ("api.shop.example:443",)
    assert (manifest.limits.memory, manifest.limits.timeout, manifest.limits.cpu) == (512 * 2**20, 30.0, 2.0)
    assert str(manifest.budget.per_run) == "0.02 USD"
    assert manifest.triggers[0].input == {"sku": "A"}
    assert manifest.retries.backoff == "fixed"


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("x = 1\n", 1, "there is no `# /// script` header"),
        ("x = 1\n# /// script\n# [tool.codex32]\n\n# ///\n", 2, "no content or no end"),
        ("# /// script\r\n# ///\r\n", 1, "no content or no end"),
    ],
)
def test_a_header_that_is_not_there_or_not_closed(source: str, line: int, said: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parse_header(source)
    assert said in caught.value.detail
    assert caught.value.fields[0].line == line


def test_defaults() -> None:
    manifest = parse_manifest(header('name = "a"'))
    assert (manifest.limits, manifest.retries, manifest.budget) == (Limits(), Retries(), Budget())
    assert (manifest.kind, manifest.isolation, manifest.triggers) == ("job", "strict", ())


def test_a_manifest_comes_back_from_json() -> None:
    manifest = parse_manifest(header(FULL))
    assert Manifest.from_dict(json.loads(json.dumps(manifest.as_dict()))) == manifest


def test_a_kept_manifest_outlives_lower_ceilings() -> None:
    wide = parse_manifest(
        header('name = "a"\nlimits = { memory = "1TB" }'), ceilings=Ceilings(memory=2 * 10**12)
    )
    assert Manifest.from_dict(wide.as_dict()) == wide


@pytest.mark.parametrize(
    ("table", "field", "says", "place"),
    [
        ('nam = "a"', "nam", "did you mean 'name'?", (3, 3)),
        ("name = 1", "name", "a text in quotes", (3, 10)),
        ('name = "A b"', "name", "'A b' is not a name", (3, 10)),
        ('name = "a"\nlimits = { memry = "1GB" }', "limits.memry", "did you mean 'memory'?", (4, 14)),
        ('name = "a"\nlimits = { memory = 5 }', "limits.memory", "with its unit", (4, 23)),
        ('name = "a"\nlimits = { memory = "1TB" }', "limits.memory", "1TB is more than", (4, 23)),
        ('name = "a"\nlimits = { memory = "1KB" }', "limits.memory", "too little", (4, 23)),
        ('name = "a"\nlimits = { cpu = nan }', "limits.cpu", "finite", (4, 20)),
        ('name = "a"\nlimits = "big"', "limits", "write a table", (4, 12)),
        ('name = "a"\nlimits.timeout = "soon"', "limits.timeout", "30s", (4, 20)),
        ('name = "a"\nbudget.per_day = "5 EUR"', "budget.per_day", "US dollars", (4, 20)),
        ('name = "a"\nbudget = { total = "5 USD", per_day = "6 USD" }', "budget.total", "less", (4, 22)),
        ('name = "a"\nretries = { delay = "2h" }', "retries.delay", "longer than max_delay", (4, 23)),
        ('name = "a"\nretries = { attempts = 0 }', "retries.attempts", "greater than or equal to 1", (4, 26)),
        ('name = "a"\nrole = "boss"', "role", "'worker', 'collector'", (4, 10)),
        ('name = "a"\nnetwork = ["https://x.y"]', "network.0", "is a URL", (4, 14)),
        ('name = "a"\nnetwork = "x.y"', "network", "write a list", (4, 13)),
        ('name = "a"\nsecrets = ["A", "A"]', "secrets.1", "listed twice", (4, 19)),
        ('name = "a"\ncalls = ["b", "b"]', "calls.1", "listed twice", (4, 17)),
        ('name = "a"\ncalls = ["B c"]', "calls.0", "is not a name", (4, 12)),
        ('name = "a"\nsecrets = ["sk-1"]', "secrets.0", "never the value", (4, 14)),
        ('name = "a"\nsecrets = [1]', "secrets.0", "a text in quotes", (4, 14)),
        ('name = "a"\nconcurrency = 0', "concurrency", "greater than or equal to 1", (4, 17)),
        ('name = "a"\n[[tool.codex32.triggers]]\ntimezone = "UTC"', "triggers.0.schedule", "miss", (4, 18)),
        ('name = "a"\ntriggers = [{ schedule = "x" }]', "triggers.0.schedule", "five", (4, 28)),
        (
            'name = "a"\ntriggers = [{ schedule = "* * * * *" },\n  { schedule = "*  * * * *" }]',
            "triggers.1", "listed twice", (5, 5),
        ),
        (
            'name = "a"\ntriggers = [{ schedule = "* * * * *", input = { when = 2026-01-01 } }]',
            "triggers.0.input.when", "write texts", (4, 58),
        ),
        ('name = "a"\ntitle = "\\u0000"', "title", "NUL", (4, 11)),
        ('name = "a"\ntriggers = [{ webhook = false }]', "triggers.0.webhook", "write true", (4, 27)),
        (
            'name = "a"\ntriggers = [{ schedule = "* * * * *", webhook = true }]',
            "triggers.0.webhook", "not both", (4, 51),
        ),
        (
            'name = "a"\ntriggers = [{ webhook = { auth = "hmac" } }]',
            "triggers.0.webhook.auth", "'signature', 'token'", (4, 36),
        ),
        (
            'name = "a"\ntriggers = [{ webhook = { answr = "sync" } }]',
            "triggers.0.webhook.answr", "did you mean 'answer'?", (4, 29),
        ),
        (
            'name = "a"\ntriggers = [{ webhook = { methods = ["POST", "HEAD"] } }]',
            "triggers.0.webhook.methods.1", "'GET'", (4, 48),
        ),
        (
            'name = "a"\ntriggers = [{ webhook = { timeout = "2h" } }]',
            "triggers.0.webhook.timeout", "30s", (4, 39),
        ),
        (
            'name = "a"\ntriggers = [{ webhook = { timeout = "121s" } }]',
            "triggers.0.webhook.timeout", "120", (4, 39),
        ),
        (
            'name = "a"\ntriggers = [{ webhook = { delivery_id = "X-Id" } }]',
            "triggers.0.webhook", "webhook-id is signed", (4, 27),
        ),
        (
            'name = "a"\ntriggers = [{ webhook = { auth = "token", delivery_id = "Cookie" } }]',
            "triggers.0.webhook.delivery_id", "a credential", (4, 59),
        ),
        (
            'name = "a"\ntriggers = [{ webhook = true, timezone = "Europe/Madrid" }]',
            "triggers.0.timezone", "no clock", (4, 44),
        ),
        (
            'name = "a"\ntriggers = [{ webhook = true }, { webhook = { auth = "none" } }]',
            "triggers.1", "the webhook is listed twice", (4, 35),
        ),
    ],
)  # fmt: skip
def test_a_problem_names_its_place(table: str, field: str, says: str, place: tuple[int, int]) -> None:
    found = problems(table)
    assert ("manifest." + field, place) in [(item[0], item[2:]) for item in found]
    assert any(says in item[1] for item in found)


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    found = problems(
        'role = "x"\nnetwork = ["*"]\n', 'requires-python = ">=9"\ndependencis = []\ndependencies = ["./x"]'
    )
    assert [item[0] for item in found] == [
        "manifest.requires-python",
        "manifest.dependencis",
        "manifest.dependencies.0",
        "manifest.name",
        "manifest.role",
        "manifest.network.0",
    ]
    assert [item[2] for item in found] == [2, 3, 4, 5, 6, 7]


def test_the_sentence_names_file_and_place() -> None:
    with pytest.raises(ManifestError) as caught:
        parse_manifest('"""Doc."""\n' + header('nam = "a"\nname = "b"'), path="watch.py")
    assert caught.value.detail == "watch.py, line 4, column 3: unknown key 'nam'; did you mean 'name'?"


def test_a_file_without_a_header_is_shown_one() -> None:
    with pytest.raises(ManifestError) as caught:
        parse_manifest("def main(): ...\n")
    assert 'name = "my-bot"' in caught.value.advice
    parse_manifest(caught.value.advice.split("\n\n", 1)[1])


def test_a_header_without_the_table() -> None:
    with pytest.raises(ManifestError, match=r"no \[tool\.codex32\] table"):
        parse_manifest("# /// script\n# dependencies = []\n# ///\n")


@pytest.mark.parametrize(
    ("toml", "place"),
    [("a = ", (2, 7)), ("a = 1\n# \na = 2", (4, 8)), ('a = "x', (2, 9)), ("a = " + "9" * 5000, (1, 1))],
)
def test_what_is_no_toml(toml: str, place: tuple[int, int]) -> None:
    with pytest.raises(ManifestError, match="not TOML") as caught:
        parse_manifest("# /// script\n" + "".join(f"# {line}\n" for line in toml.split("\n")) + "# ///\n")
    assert (caught.value.fields[0].line, caught.value.fields[0].column) == place


def test_a_header_that_nests_too_deep() -> None:
    with pytest.raises(ManifestError):
        parse_manifest("# /// script\n# a = " + "[" * 20_000 + "\n# ///\n")


def test_the_published_schema_is_one_and_describes_every_key() -> None:
    schema = manifest_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    tables: list[dict[str, Any]] = [schema, *schema["$defs"].values()]
    assert set(schema["$defs"]) == {
        *("Budget", "InjectedSecret", "Limits", "Probe", "Retries", "Service", "Trigger", "Webhook"),
    }
    for table in tables:
        for key, value in table["properties"].items():
            assert value.get("description"), key
            assert value.get("examples"), key


@pytest.mark.parametrize("model", [Manifest, Limits, Budget, Retries, Trigger, InjectedSecret, Webhook])
def test_every_example_is_valid(model: type[Any]) -> None:
    base: dict[str, Any] = {"name": "a"} if model is Manifest else {}
    base = {"name": "A", "inject": "header:X", "host": "a.example"} if model is InjectedSecret else base
    base = {"schedule": "* * * * *"} if model is Trigger else base
    for key, field in model.model_fields.items():
        kind = {"kind": "service"} if key == "service" else {}
        for example in field.examples:
            given = {key: example} if key == "webhook" else {**base, **kind, key: example}
            # An id of one's own cannot be signed.
            given |= {"auth": "token"} if key == "delivery_id" else {}
            assert model.model_validate(given), key


@pytest.mark.parametrize("webhook", ["true", '{ auth = "token", answer = "sync", timeout = "5s" }'])
def test_a_webhook_is_true_or_a_table(webhook: str) -> None:
    text = f'name = "a"\ntriggers = [{{ webhook = {webhook}, name = "orders", input = {{ shop = "A" }} }}]'
    manifest = parse_manifest(header(text))
    (trigger,) = manifest.triggers
    assert trigger.webhook == (
        Webhook() if webhook == "true" else Webhook(auth="token", answer="sync", timeout=5)
    )
    assert Manifest.from_dict(manifest.as_dict()) == manifest
    written = {"name": "a", "triggers": [{"webhook": True}, {"webhook": {"timeout": "5s"}}]}
    jsonschema.validate(written, manifest_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "a", "triggers": [{"timezone": "UTC"}]}, manifest_schema())


@pytest.mark.parametrize(
    ("network", "secret", "field", "words", "column"),
    [
        ("c.d", '{ name = "A", inject = "header:X", host = "a.b" }', "0.host", "does not list 'a.b'", 56),
        ("a.b:8443", '{ name = "A", inject = "header:X", host = "a.b" }', "0.host", '= ["a.b"]', 56),
        ("*.a.b", '{ name = "A", inject = "header:X", host = "*.a.b" }', "0.host", "one host", 56),
        ("a.b", '{ name = "A", inject = "query:X", host = "a.b" }', "0.inject", "header:Authorization", 37),
        ("a.b", '{ name = "A", inject = "header:Host", host = "a.b" }', "0.inject", "belongs to", 37),
        ("a.b", '{ name = "A", inject = "header:A b", host = "a.b" }', "0.inject", "not a place", 37),
        ("a.b", '{ name = "A", host = "a.b" }', "0.inject", "inject is missing", 14),
        ("a.b", '{ name = "A", injekt = "", inject = "header:X", host = "a.b" }', "0.injekt", "mean", 28),
        ("a.b", '"B", { name = "B", inject = "header:X", host = "a.b" }', "1", "listed twice", 19),
    ],
)
def test_each_fault_of_an_injected_secret_is_told(
    network: str, secret: str, field: str, words: str, column: int
) -> None:
    with pytest.raises(ManifestError) as caught:
        parse_manifest(header(f'name = "a"\nnetwork = ["{network}"]\nsecrets = [{secret}]'))
    (problem,) = caught.value.fields
    assert (problem.field, problem.line, problem.column) == (f"manifest.secrets.{field}", 5, column)
    assert words in problem.detail


def test_a_secret_is_read_or_injected() -> None:
    manifest = parse_manifest(
        header(
            'name = "a"\nnetwork = ["*.stripe.com", "x.example:8443"]\nsecrets = ["PLAIN", '
            '{ name = "STRIPE_KEY", inject = "header:Authorization", host = "API.stripe.com" }, '
            '{ name = "OTHER", inject = "header:X-Key", host = "x.example:8443" }]'
        )
    )
    assert manifest.secret_names == ("PLAIN", "STRIPE_KEY", "OTHER")
    plain, stripe, other = manifest.secrets
    assert plain == "PLAIN"
    assert isinstance(stripe, InjectedSecret)
    assert (stripe.header, stripe.host) == ("Authorization", "api.stripe.com")
    assert isinstance(other, InjectedSecret)
    data = manifest.as_dict()
    assert data["secrets"][0] == "PLAIN"
    assert Manifest.from_dict(data) == manifest
    jsonschema.validate({"name": "a", "secrets": data["secrets"]}, manifest_schema())


def test_the_published_schema_accepts_what_the_parser_accepts() -> None:
    manifest = parse_manifest(header(FULL))
    data = {key: value for key, value in manifest.as_dict().items() if value is not None}
    data["budget"] = {key: value for key, value in data["budget"].items() if value is not None}
    data["triggers"] = [{k: v for k, v in item.items() if v is not None} for item in data["triggers"]]
    jsonschema.Draft202012Validator.check_schema(manifest_schema())
    assert list(jsonschema.Draft202012Validator(manifest_schema()).iter_errors(data)) == []


KEYS = [*Manifest.model_fields, *Limits.model_fields, *Trigger.model_fields, "x"]
values = st.recursive(
    st.sampled_from(
        ['"a"', "1", "nan", "true", "2026-01-01", '"1GB"', '"5s"', '"* * * * *"', '"a.b"', "''", "-0.5"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: "[" + ", ".join(items) + "]")
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3).map(
            lambda table: "{ " + ", ".join(f"{key} = {value}" for key, value in table.items()) + " }"
        )
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=5))
def test_any_table_is_read_or_refused_with_places(table: dict[str, str]) -> None:
    text = header("".join(f"{key} = {value}\n" for key, value in table.items()))
    try:
        manifest = parse_manifest(text)
    except BotFileError as error:
        lines = text.split("\n")
        for item in error.fields:
            assert item.line is not None
            assert item.column is not None
            assert 1 <= item.column <= len(lines[item.line - 1])
    else:
        assert Manifest.from_dict(manifest.as_dict()) == manifest


def test_the_reference_page_is_the_schema() -> None:
    page = Path(__file__).parents[4] / "docs" / "reference" / "manifest.schema.json"
    assert json.loads(page.read_text()) == manifest_schema()
