"""`search` on a laptop and on the bench."""

from __future__ import annotations

from pathlib import Path

import pytest
from codex32_bot import _platform, search
from codex32_bot.testing import workbench


@pytest.fixture
def laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CODEX32_KNOWLEDGE_DIR", raising=False)
    restore = _platform.use(None)
    yield
    restore()


@pytest.mark.usefixtures("laptop")
def test_a_laptop_searches_the_text_files_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge" / "handbook"
    folder.mkdir(parents=True)
    (folder / "a.md").write_text("Cats sleep.\n\nDogs bark at cats.\n")
    (folder / "b.txt").write_text("Birds sing.")
    (folder / "c.bin").write_bytes(b"cats")
    for base in ("handbook", None):
        hits = search("do dogs bark", knowledge=base, top=1)
        assert [(hit["document"], hit["text"]) for hit in hits] == [("a.md", "Dogs bark at cats.")]
    assert search("elephant") == []
    with pytest.raises(ValueError, match="put text files into"):
        search("x", knowledge="other")


def test_the_bench_finds_given_texts() -> None:
    with workbench(knowledge={"faq": ["Refunds take 14 days.", "We open at nine."]}) as bench:
        assert search("when do you open", knowledge="faq")[0]["text"] == "We open at nine."
        assert bench.searched == [("faq", "when do you open")]
        with pytest.raises(ValueError, match="knows no base 'other'"):
            search("x", knowledge="other")


@pytest.mark.parametrize(("query", "top"), [("", 5), ("x" * 2_001, 5), ("x", 0), ("x", 51)])
def test_bad_searches_are_refused(query: str, top: int) -> None:
    with workbench(knowledge={"faq": ["x"]}), pytest.raises(ValueError, match=r"question|finds"):
        search(query, top=top)
