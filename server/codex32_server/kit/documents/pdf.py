"""The text of a PDF, page by page. Only `child` calls this: it may take any time and memory."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from codex32_server.kit.documents.sections import Outline, Section, UnreadableError

MOST_PAGES = 5_000


def pdf(content: bytes) -> Sequence[Section]:
    """A section for each page that has text. Raises UnreadableError."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    outline = Outline()
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("The PDF is locked with a password.")
        if len(reader.pages) > MOST_PAGES:
            raise UnreadableError(f"The PDF has more than {MOST_PAGES} pages.")
        for number, page in enumerate(reader.pages, 1):
            outline.head(1, f"Page {number}")
            outline.add(page.extract_text())
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"The PDF cannot be read: {type(error).__name__}.") from error
    sections = outline.close()
    if not sections:
        raise UnreadableError("The PDF holds no text: its pages are pictures, which are not read.")
    return sections
