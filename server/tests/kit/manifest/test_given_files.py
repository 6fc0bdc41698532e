"""What can be told of the files that a run must be given, without running anything."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from codex32_server.kit.manifest.given_files import GivenFile, GivenFiles, given_files
from codex32_server.kit.manifest.reading import read_files

EXAMPLES = Path(__file__).parents[4] / "examples" / "bots"
HEAD = "from codex32_bot import files\n"

BESIDE = """
from contextlib import suppress, suppress as quiet, contextmanager
def read(path="r.csv"):
    'Read it.'
    return files.input(path)
def check(path):
    if not path:
        raise ValueError
    return files.input("c.csv")
@contextmanager
def own():
    yield
"""


def of(source: str, **beside: str) -> GivenFiles:
    sources = {"bot.py": HEAD + source} | {f"{name}.py": text for name, text in beside.items()}
    return given_files({path: text.encode() for path, text in sources.items()}, "bot.py")


def needs(source: str, **beside: str) -> list[tuple[str, bool]]:
    """(name or `=parameter`, required) of each file."""
    found = of(source, **beside).files
    return [(one.name or f"={one.parameter}", one.required) for one in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('return files.input("a.csv").read_text()', [("a.csv", True)]),
        ('with files.input("a.csv").open() as stream:\n  return len(stream.read())', [("a.csv", True)]),
        ('return [line for line in files.input("a.csv").open()]', [("a.csv", True)]),
        ('name = "a.csv"\n return files.input(name)', [("a.csv", True)]),
        ("return files.input(NAME)", [("n.csv", True)]),
        ("return files.input(name=NAME)", [("n.csv", True)]),
        ("return files.input(file)", [("=file", True)]),
        ("return read(file)", [("=file", True)]),
        ('return read("b.csv")', [("b.csv", True)]),
        ("return read()", [("r.csv", True)]),
        ("return read(path=NAME)", [("n.csv", True)]),
        ('if file:\n  return files.input("a.csv")', [("a.csv", False)]),
        ('return files.input("a.csv") if file else 0', [("a.csv", False)]),
        ('if not file:\n  return 0\n return files.input("a.csv")', [("a.csv", False)]),
        ('if not file:\n  raise ValueError\n return files.input("a.csv")', [("a.csv", True)]),
        ('for one in file:\n  files.input("a.csv")', [("a.csv", False)]),
        ('return file or files.input("a.csv")', [("a.csv", False)]),
        ('try:\n  files.input("a.csv")\n except FileNotFoundError:\n  pass', [("a.csv", False)]),
        ('try:\n  files.input("a.csv")\n except (OSError, KeyError):\n  pass', [("a.csv", False)]),
        ('try:\n  files.input("a.csv")\n except FileNotFoundError:\n  raise', [("a.csv", True)]),
        (
            'try:\n  files.input("a.csv")\n except FileNotFoundError:\n  if file:\n   return\n  raise',
            [("a.csv", False)],
        ),
        ('try:\n  files.input("a.csv")\n except KINDS:\n  pass', [("a.csv", False)]),
        ('try:\n  files.input("a.csv")\n except ValueError:\n  pass', [("a.csv", True)]),
        (
            'try:\n  "a"\n  name = "a.csv"\n  files.input(name)\n except ValueError:\n  pass',
            [("a.csv", True)],
        ),
        ('try:\n  int(file)\n  files.input("a.csv")\n except ValueError:\n  pass', [("a.csv", False)]),
        ('try:\n  int(file)\n  files.input("a.csv")\n except ValueError:\n  raise', [("a.csv", True)]),
        ("try:\n  check(file)\n except ValueError:\n  pass", [("c.csv", False)]),
        ('try:\n  read("a.csv")\n except ValueError:\n  pass', [("a.csv", True)]),
        (
            'try:\n  with open(file):\n   files.input("a.csv")\n except ValueError:\n  pass',
            [("a.csv", False)],
        ),
        ('try:\n  files.input("a.csv")\n finally:\n  print()', [("a.csv", True)]),
        ('try:\n  files.input("a.csv")\n finally:\n  return 0', [("a.csv", False)]),
        ('try:\n  files.input("a.csv")\n except* OSError:\n  pass', [("a.csv", False)]),
        ('try:\n  files.input("a.csv")\n except* OSError:\n  raise', [("a.csv", True)]),
        ('with suppress(FileNotFoundError):\n  files.input("a.csv")', [("a.csv", False)]),
        ('with open("b"), quiet(OSError):\n  files.input("a.csv")', [("a.csv", False)]),
        (
            'with suppress(ValueError):\n  files.input("a.csv")\n  files.input("b.csv")',
            [("a.csv", True), ("b.csv", False)],
        ),
        ('with own():\n  files.input("a.csv")', [("a.csv", False)]),
        ('with open("b"):\n  files.input("a.csv")', [("a.csv", True)]),
        ('assert file, files.input("a.csv")', [("a.csv", False)]),
        ('files.input("a.csv")\n return files.input("b.csv")', [("a.csv", True), ("b.csv", True)]),
        ('if file:\n  files.input("a.csv")\n return files.input("a.csv")', [("a.csv", True)]),
        ('from codex32_bot.files import input as given\n return given("a.csv")', [("a.csv", True)]),
        ("return 1", []),
    ],
)
def test_names_and_whether_a_run_needs_them(body: str, expected: list[tuple[str, bool]]) -> None:
    source = f'NAME = "n.csv"\ndef main(file="f.csv"):\n {body}\n{BESIDE}'
    assert needs(source) == expected


@pytest.mark.parametrize(
    ("body", "others"),
    [
        ("return 1", "none"),
        ("return [files.input(name) for name in files.inputs()]", "some"),
        ("given = files.inputs()\n if not given:\n  raise FileNotFoundError\n return given", "needed"),
        ("if not files.inputs():\n  raise FileNotFoundError", "needed"),
        ('return files.input(f"{file}.csv")', "needed"),
        ('file = file or "a.csv"\n return files.input(file)', "needed"),
        ("if file:\n  return files.input(file.strip())", "some"),
        ("return list(map(files.input, file))", "some"),
    ],
)
def test_files_whose_names_are_worked_out(body: str, others: str) -> None:
    found = of(f"def main(file=None):\n {body}\n")
    assert (found.files, found.others) == ((), others)


def test_other_files_of_the_bot_are_followed_and_tests_are_not() -> None:
    read = "import codex32_bot\ndef read(name):\n return codex32_bot.files.input(name)\n"
    assert needs('from helper import read\ndef main():\n return read("a.csv")\n', helper=read) == [
        ("a.csv", True)
    ]
    assert needs('import helper\ndef main():\n return helper.read("a.csv")\n', helper=read) == [
        ("a.csv", True)
    ]
    assert needs("from helper import main\n", helper=f"{HEAD}def main(file):\n files.input(file)\n") == [
        ("=file", True)
    ]
    assert needs("def main():\n return 1\n", test_bot=f'{HEAD}files.input("a.csv")\n') == []


def test_bots_from_recipes_take_a_file_of_nearly_that_name() -> None:
    choose = "def choose_input(name):\n return files.input(files.inputs()[0])\n"
    source = f'def main():\n return choose_input("tickets.csv")\n{choose}'
    assert of(source) == GivenFiles((GivenFile("tickets.csv", None, True, exact=False),), "none")


def test_functions_that_call_each_other_end() -> None:
    assert needs(
        'def main():\n a("x")\ndef a(n):\n b(n)\n b(n)\ndef b(n):\n a(n)\n a(n)\n files.input(n)\n'
    ) == [("x", True)]


FOUND = GivenFiles((GivenFile("a.csv", None, True),), "some")
"""Of a `main` that begins with `files.input("a.csv")` and goes on for too long."""


def after_the_first(more: str, beside: str = "") -> GivenFiles:
    return of(f'def main(x=0):\n files.input("a.csv")\n {more}\n files.input("z.csv")\n{beside}')


def test_code_that_nests_too_deep_leaves_what_was_found() -> None:
    branches = "".join(f" elif x == {n}:\n  pass\n" for n in range(1200))
    assert after_the_first(f"if x:\n  pass\n{branches}") == FOUND
    assert after_the_first(f"y = {'+'.join(['x'] * 1500)}") == FOUND


def test_calls_that_lead_to_more_than_it_may_look_at_end_soon() -> None:
    long = "def long(x):\n" + " x = x.y(x)\n" * 2000
    began = process_time()
    assert after_the_first("long(x);" * 999, long) == FOUND
    assert process_time() - began < 20


@pytest.mark.parametrize(
    "beside",
    [
        f"def long({', '.join(f'p{n}=0' for n in range(20_000))}): pass\n",
        "def long(x): pass\n",
    ],
)
def test_work_that_is_no_node_counts_as_well(beside: str) -> None:
    assert after_the_first("long(x);" * 1001, beside).others == "some"


def test_values_of_long_constants_are_not_worked_out() -> None:
    assert needs(f"X = [{'1,' * 50_000}]\ndef main():\n {'y = X;' * 5000}\n files.input(X)\n") == []


def test_sources_without_room_are_left_out_and_the_entry_is_read_first() -> None:
    large = "#" * (500 * 1024)
    helper = "def read():\n return 1\n"
    source = 'def main():\n return files.input("a.csv")\n'
    assert of(source, a=large, b=helper).others == "none"
    assert of(source, a=large, b=large, c=helper) == FOUND
    assert of(source + large, b=large) == FOUND
    assert of(source + large * 2) == GivenFiles((), "some")


def test_answers_hold_only_so_many_names_and_no_endless_ones() -> None:
    found = of("def main():\n" + "".join(f' files.input("{n}")\n' for n in range(600)))
    assert (len(found.files), found.others) == (500, "needed")
    assert of(f'def main():\n files.input("{"n" * 256}")\n') == GivenFiles((), "needed")


@pytest.mark.parametrize(
    ("bot", "expected", "others"),
    [
        ("csv-cleaner", [("=file", True)], "none"),
        ("budget-vs-actual", [("=budget", True), ("=actual", True)], "none"),
        ("text_statistics.py", [("=file", False)], "none"),
        ("duplicate_files.py", [], "some"),
        ("working_days.py", [], "none"),
    ],
)
def test_the_examples(bot: str, expected: list[tuple[str, bool]], others: str) -> None:
    contents = read_files(EXAMPLES / bot)
    entry = "bot.py" if "bot.py" in contents else bot
    found = given_files(contents, entry)
    assert [(one.name or f"={one.parameter}", one.required) for one in found.files] == expected
    assert found.others == others
