"""What people say stands in a page as they said it, and comes back out of it."""

from __future__ import annotations

import pytest
from codex32_server.kit.markdown import code, escaped, unescaped
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("sum amount by country in sales.csv", "sum amount by country in sales.csv"),
        ("sum first_name and last_name", "sum first_name and last_name"),
        ("_all_ of *it*", r"\_all\_ of \*it\*"),
        ("a <b>c</b> & d &lt; e", r"a \<b>c\</b> & d \&lt; e"),
        ("[here](https://x.example/a_b*c)", r"\[here](https://x.example/a_b*c)"),
        ("get https://x.example/a_b?c=* now", "get https://x.example/a_b?c=* now"),
        ("# head", r"\# head"),
        ("- point", r"\- point"),
        ("1. first", r"1\. first"),
        ("1.5 is above 1", "1.5 is above 1"),
        ("> quoted", r"\> quoted"),
        ("a | b ~~c~~ `d`", r"a \| b \~\~c\~\~ \`d\`"),
        (r"C:\dir", r"C:\\dir"),
    ],
)
def test_what_is_said_is_shown(said: str, shown: str) -> None:
    assert escaped(said) == shown
    assert unescaped(shown) == said


@given(st.text(alphabet="ab _*`<>[]()|~&;#-+1.\\/:htps", max_size=40))
def test_it_comes_back(said: str) -> None:
    assert unescaped(escaped(said)) == said


@pytest.mark.parametrize(
    ("text", "cell", "shown"),
    [
        ("a.csv", False, "`a.csv`"),
        ("a`b", False, "``a`b``"),
        ("`a`", False, "`` `a` ``"),
        ("a|b", False, "`a|b`"),
        ("a|b", True, r"`a\|b`"),
    ],
)
def test_code_is_code(text: str, cell: bool, shown: str) -> None:
    assert code(text, cell=cell) == shown
