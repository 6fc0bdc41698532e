import pytest
from bot import main
from codex32_bot.testing import workbench

CONTACTS = "name, email \nAnn , ann@example.com\nBob,\nANN,Ann@Example.com\n"


def test_incomplete_rows_and_duplicates_go() -> None:
    with workbench(inputs={"contacts.csv": CONTACTS}) as bench:
        result = main(required=["email"], unique=["email"])
        assert result == {
            "read": 3,
            "written": 1,
            "dropped_incomplete": 1,
            "dropped_duplicates": 1,
            "file": "clean-contacts.csv",
        }
        assert bench.output_text("clean-contacts.csv").split() == ["name,email", "Ann,ann@example.com"]


def test_the_delimiter_is_found() -> None:
    with workbench(inputs={"a.csv": "a;b\n1;2,5\n"}) as bench:
        main("a.csv")
        assert bench.output_text("clean-a.csv").split() == ["a,b", '1,"2,5"']


def test_short_and_long_rows() -> None:
    with workbench(inputs={"a.csv": "a,b\n1\n1,2,3\n"}) as bench:
        assert main("a.csv")["written"] == 2
        assert bench.output_text("clean-a.csv").split() == ["a,b", "1,", "1,2"]


def test_a_column_that_is_not_there() -> None:
    with workbench(inputs={"contacts.csv": CONTACTS}), pytest.raises(ValueError, match="'mail'"):
        main(required=["mail"])


def test_an_empty_file() -> None:
    with workbench(inputs={"contacts.csv": ""}):
        assert main()["written"] == 0
