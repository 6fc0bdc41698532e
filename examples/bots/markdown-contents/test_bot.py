from bot import headings, main
from codex32_bot.testing import workbench

PAGE = """\
# Guide
<!-- toc -->
- [Old](#old)
<!-- /toc -->
## Set up
### On a laptop
## Use, every day!
```
## not a heading
```
## Set up
See [set up](#set-up-1) and [nothing](#nowhere).
"""


def test_the_contents_are_written() -> None:
    with workbench(inputs={"guide.md": PAGE, "notes.txt": "# no"}) as bench:
        pages = main()
        assert pages == {"guide.md": {"headings": 5, "written": True, "broken_links": ["nowhere"]}}
        text = bench.output_text("guide.md")
    assert (
        "- [Set up](#set-up)\n  - [On a laptop](#on-a-laptop)\n- [Use, every day!](#use-every-day)\n" in text
    )
    assert "[Old]" not in text


def test_writing_twice_changes_nothing() -> None:
    with workbench(inputs={"guide.md": PAGE}) as bench:
        main()
        once = bench.output_text("guide.md")
    with workbench(inputs={"guide.md": once}) as bench:
        main()
        assert bench.output_text("guide.md") == once


def test_a_file_without_marks_is_left_alone() -> None:
    with workbench(inputs={"a.md": "## One\n"}) as bench:
        assert main()["a.md"]["written"] is False
        assert bench.outputs() == []


def test_code_with_the_other_fence() -> None:
    assert [title for _, title, _ in headings("~~~\n```\n# x\n~~~\n# y")] == ["y"]
