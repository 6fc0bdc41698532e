"""Finds credentials by their shapes, where nobody said which secrets there are: in what people send.

Only shapes that are unmistakable: a prefix that one issuer uses, its alphabet, its length. A text without any
of the prefixes is let through by searches for a few letters, of which most are not made in ordinary prose.
Whoever sends may choose the text: no shape may read the same characters again for each of its beginnings.
"""

from __future__ import annotations

import re
from typing import Final

_EDGE, _END = r"(?<![A-Za-z0-9+/_-])", r"(?![A-Za-z0-9+/=_-])"
_OPENAI = (
    r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{32,}|"
    r"sk-[A-Za-z0-9_-]{16,200}T3BlbkFJ[A-Za-z0-9_-]{16,200}"
)
_SHAPES: Final = {
    "-": (
        ("an OpenAI key", "sk-", _OPENAI),
        ("an Anthropic key", "sk-ant-", r"sk-ant-(?:api|admin)\d\d-[A-Za-z0-9_-]{32,}"),
        ("a key of this gateway", "sk-c32-", r"sk-c32-[A-Za-z0-9_-]{43}"),
        ("an OpenRouter key", "sk-or-", r"sk-or-v1-[0-9a-f]{64}"),
        ("a GitLab token", "glpat-", r"glpat-[A-Za-z0-9_-]{20,}"),
        ("a Slack token", "xox", r"xox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{20,}"),
    ),
    "_": (
        ("a GitHub token", "gh", r"gh[pousr]_[A-Za-z0-9]{36,}"),
        ("a GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
        ("a Hugging Face token", "hf_", r"hf_[A-Za-z0-9]{34}"),
        ("a Stripe key", "k_live_", r"[rs]k_live_[A-Za-z0-9]{24,}"),
        ("an npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    ),
    "A": (
        ("an AWS key", "AKIA", r"AKIA[A-Z2-7]{16}"),
        ("a Google key", "AIza", r"AIza[A-Za-z0-9_-]{35}"),
    ),
}
"""By a character that all of them hold: (what it is, how it begins, its shape)."""
_BLOCK: Final = re.compile(
    r"-----BEGIN ([A-Z0-9 ]{0,20}PRIVATE KEY(?: BLOCK)?)-----"
    r"(?:[A-Za-z0-9+/=\s\\:,.]|-(?!----)){64,20000}?-----END \1-----"
)
"""What it holds ends at the next line of dashes: the next beginning is never read as a part of this one."""
_FOUND: Final = tuple(
    (
        one,
        tuple(
            (f"[redacted: {what}]", mark, re.compile(f"{_EDGE}(?:{shape}){_END}"))
            for what, mark, shape in shapes
        ),
    )
    for one, shapes in _SHAPES.items()
)


class KnownKeys:
    """What `Redactor` does, for keys of known shapes."""

    def __bool__(self) -> bool:
        return True

    def text(self, text: str) -> str:
        """The same text where there is none."""
        for one, shapes in _FOUND:
            if one not in text:
                continue
            for instead, mark, shape in shapes:
                if mark in text:
                    text = shape.sub(instead, text)
        if "PRIVATE KEY" in text:
            text = _BLOCK.sub("[redacted: a private key]", text)
        return text
