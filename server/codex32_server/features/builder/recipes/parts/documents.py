"""Text out of PDF files."""

from __future__ import annotations

from pathlib import Path

from codex32_bot import log
from pypdf import PdfReader

from .reading import read_text


def read_pdf(path: Path) -> str:
    """The text of all pages. What is no PDF is read as text.

    Raises ValueError if it needs a password, or holds pictures only, as scans do.
    """
    if not path.read_bytes()[:1024].lstrip().startswith(b"%PDF"):
        log.warning(f"{path.name} is no PDF; reading it as text")
        return read_text(path)
    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError(f"{path.name} needs a password; save it without one.")
    pages = [page.extract_text() for page in reader.pages]
    content = "\n".join(page.strip() for page in pages)
    if not content.strip():
        raise ValueError(
            f"There is no text in {path.name}. A scan has only pictures of text; run OCR over it first."
        )
    log.info(f"read {len(pages)} pages from {path.name}")
    return content
