"""Files to sections and chunks: each format, hostile ones, and what must hold for any."""

from __future__ import annotations

import io

import pytest
from codex32_server.kit.documents import chunking
from codex32_server.kit.documents.chunking import LONGEST, OVERLAP, chunk
from codex32_server.kit.documents.formats import KNOWN, PDF, content_type, read
from codex32_server.kit.documents.sections import Section, UnreadableError
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def a_pdf(*pages: str, password: str | None = None) -> bytes:
    """A PDF with a line of text on each page."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(200, 200)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def sections(kind: str, text: str | bytes) -> list[tuple[tuple[str, ...], str]]:
    content = text.encode() if isinstance(text, str) else text
    return [(section.heading, section.text) for section in read(kind, content)]


def test_markdown_has_a_section_for_each_heading() -> None:
    source = "top\n\n# A #\none\n\nSub\n---\ntwo\n### Deep\nthree\n# B\n```\n# code\n```\n- item\n---\n"
    assert sections("text/markdown", source) == [
        ((), "top"),
        (("A",), "one"),
        (("A", "Sub"), "two"),
        (("A", "Sub", "Deep"), "three"),
        (("B",), "```\n# code\n```\n- item\n---"),
    ]


def test_html_is_what_a_person_reads() -> None:
    source = """<html><head><title>t</title><style>x{}</style></head><body><nav>menu</nav>
      <h1>Big <i>one</i></h1><p>First&nbsp;line<br>second</p><script>alert(1)</script>
      <h2>Small</h2><ul><li>a<li>b</ul><table><tr><td>x<td>y</table><template>no</template>"""
    assert sections("text/html", source) == [
        (("Big one",), "First line\nsecond"),
        (("Big one", "Small"), "a\nb\n\nx y"),
    ]


@pytest.mark.parametrize(
    "source", ["<", "<p", "<h1>", "</h1>x", "<script>x", "<h1><h2>a</h1>b</h2>", "<!--x", "<a" * 5_000 + "y"]
)
def test_broken_html_does_no_harm(source: str) -> None:
    try:
        found = sections("text/html", source)
    except UnreadableError:
        found = []
    assert all(text for _, text in found)


def test_each_row_of_a_table_says_its_columns() -> None:
    assert sections("text/csv", "name;city;\nAnn;Madrid;x\nBob;;\n;;\nEve;Rome;y;more\n") == [
        (
            (),
            "name: Ann\ncity: Madrid\ncolumn 3: x\n\nname: Bob\n\n"
            "name: Eve\ncity: Rome\ncolumn 3: y\ncolumn 4: more",
        )
    ]


def test_a_cell_without_an_end_is_refused() -> None:
    with pytest.raises(UnreadableError, match="table"):
        read("text/csv", b'a,b\n"' + b"x" * 200_000)


def test_pages_of_a_pdf_are_sections() -> None:
    assert sections(PDF, a_pdf("Hello there", "Second page")) == [
        (("Page 1",), "Hello there"),
        (("Page 2",), "Second page"),
    ]
    assert sections(PDF, a_pdf("Open to all", password="")) == [(("Page 1",), "Open to all")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (a_pdf("x", password="secret"), "locked with a password"),
        (a_pdf(""), "no text"),
        (b"", "cannot be read"),
        (b"%PDF-1.7\n%%EOF", "cannot be read"),
        (a_pdf("x" * 1_000)[:400], "cannot be read|no text"),
    ],
    ids=["locked", "pictures", "empty", "hollow", "torn"],
)
def test_pdfs_that_cannot_be_read_say_why(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        read(PDF, content)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("\ufeffä".encode(), "ä"),
        ("ä".encode("utf-16"), "ä"),
        (b"\xe4", "ä"),
        (b"a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_encodings(content: bytes, text: str) -> None:
    assert sections("text/plain", content) == [((), text)]


@pytest.mark.parametrize(
    ("given_type", "name", "kind"),
    [
        ("text/markdown; charset=utf-8", "x", "text/markdown"),
        ("", "A.MD", "text/markdown"),
        ("application/octet-stream", "a.pdf", PDF),
        ("text/plain", "a.csv", "text/csv"),
        ("text/plain", "a", "text/plain"),
        ("text/html", "a.csv", "text/html"),
        ("image/png", "a.md", None),
        ("", "a", None),
        ("", "a.exe", None),
    ],
)
def test_kinds(given_type: str, name: str, kind: str | None) -> None:
    assert content_type(given_type, name) == kind


def test_paragraphs_are_kept_together_and_overlap() -> None:
    paragraphs = [f"Paragraph {number}. " + "word " * 80 for number in range(6)]
    pieces = chunk([Section(("H",), "\n\n".join(paragraphs))])
    assert len(pieces) == 3
    assert all(piece.heading == ("H",) and len(piece.text) <= LONGEST for piece in pieces)
    assert pieces[1].text.startswith("word word")
    assert pieces[1].embedded.startswith("H\nword")
    assert len({piece.digest for piece in pieces}) == 3


_words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=400)


@settings(max_examples=60, deadline=None)
@given(st.lists(_words, max_size=8), st.sampled_from(["\n\n", ". ", "", " "]))
def test_nothing_is_lost_and_nothing_is_too_long(parts: list[str], glue: str) -> None:
    text = glue.join(part * 4 for part in parts).strip()
    pieces = chunk([Section((), text)]) if text else []
    assert all(0 < len(piece.text) <= LONGEST + 2 for piece in pieces)
    letters = [letter for letter in text if not letter.isspace()]
    kept = "".join(piece.text for piece in pieces)
    position = 0
    for letter in letters:
        position = kept.find(letter, max(0, position - OVERLAP * 2)) + 1
        assert position, "a character is missing"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([kind for kind in KNOWN if kind != PDF]), st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused(kind: str, content: bytes) -> None:
    try:
        found = chunk(read(kind, content))
    except UnreadableError:
        return
    assert all(piece.text.strip() for piece in found)
    assert chunking.chunk([]) == []
