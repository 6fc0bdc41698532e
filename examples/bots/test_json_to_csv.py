import pytest
from codex32_bot.testing import workbench
from json_to_csv import main


def test_nested_objects_become_columns() -> None:
    records = (
        '[{"name": "Ann", "address": {"city": "Bilbao"}, "tags": ["a", "b"]}, {"name": "Bob", "vip": true}]'
    )
    with workbench(inputs={"records.json": records}) as bench:
        result = main()
        assert result["columns"] == ["name", "address.city", "tags", "vip"]
        assert bench.output_text("records.csv").splitlines() == [
            "name,address.city,tags,vip",
            "Ann,Bilbao,a; b,",
            "Bob,,,true",
        ]


def test_a_list_inside_the_document() -> None:
    with workbench(inputs={"records.json": '{"data": {"items": [{"a": 1}, {"a": null}]}}'}) as bench:
        assert main(path="data.items")["rows"] == 2
        assert bench.output_text("records.csv").split() == ["a", "1", '""']


def test_one_object_a_line() -> None:
    with workbench(inputs={"events.jsonl": '{"a": 1}\n{"a": [{"b": 2}]}\n'}):
        assert main("events.jsonl") == {"rows": 2, "columns": ["a"], "file": "events.csv"}


def test_a_wrong_path_is_named() -> None:
    with workbench(inputs={"records.json": "{}"}), pytest.raises(ValueError, match="'items'"):
        main(path="items")
