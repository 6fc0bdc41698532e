"""Everything that we did not write ourselves goes into a prompt marked as data, bounded, and without secrets.

The marks do not make a model obey: nothing depends on that. What a bot may do is decided by the plan that a
person saw, and enforced outside of the bot.
"""

from __future__ import annotations

import re

HIDDEN = "[secret]"
_MARK = re.compile(r"<(?=\s*/?\s*(?:data|system|pyai:)\b)", re.IGNORECASE)
"""Ours, and those of pydantic-ai, which speak with the voice of the application."""
_CUT = "\n[… {} characters left out …]\n"
_SHAPES = re.compile(
    r"""
      -----BEGIN[ A-Z]*PRIVATE\ KEY-----.*?(?:-----END[ A-Z]*PRIVATE\ KEY-----|\Z)
    | \bsk-[A-Za-z0-9_-]{16,}
    | \b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{16,})
    | \bxox[abeprs]-[A-Za-z0-9-]{10,}
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \bAIza[0-9A-Za-z_-]{30,}
    | \b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}
    | \bwhsec_[A-Za-z0-9+/=]{16,}
    | \bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}
    | \b[0-9]{8,12}:[A-Za-z0-9_-]{35}\b
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}
    | (?<=hooks\.slack\.com/services/)[A-Za-z0-9/]{12,}
    | (?<=/api/webhooks/)[0-9]{10,}/[A-Za-z0-9_-]{20,}
    | (?<=/webhookb2/)[A-Za-z0-9@/-]{30,}
    | (?<=Bearer\ )[A-Za-z0-9._~+/=-]{16,}
    | (?<=Basic\ )[A-Za-z0-9+/=]{16,}
    | (?<=AccountKey=)[A-Za-z0-9+/=]{20,}
    | (?<=[?&]sig=)[A-Za-z0-9%+/=_-]{16,}
    | (?<=://)[^\s/:@"'<>]{1,100}:[^\s/@"'<>]{1,200}(?=@)
    """,
    re.VERBOSE | re.DOTALL,
)
_NAMED = re.compile(
    r"""(?P<name>(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|contrase[nñ]a|clave)["']?\s{0,4}(?:[:=]|is|es)\s{0,4}["']?)"""
    r"""(?P<value>[A-Za-z0-9_\-+/=.!@#$%^&*~]{8,200})""",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """Without what looks like a key or a password. A model is told names of secrets, never values."""
    return _NAMED.sub(_without_value, _SHAPES.sub(HIDDEN, text))


def quoted(kind: str, text: str, most: int, name: str = "") -> str:
    """One piece of data, marked; nothing in it can end the mark."""
    said = _MARK.sub("‹", shortened(redacted(text), most))
    about = f' name="{_plain(name)}"' if name else ""
    return f'<data kind="{kind}"{about}>\n{said}\n</data>'


def shortened(text: str, most: int) -> str:
    """Beginning and end of what is too long: in a log the end matters, in code the beginning."""
    if len(text) <= most:
        return text
    head = most * 2 // 3
    return text[:head] + _CUT.format(len(text) - most) + text[len(text) - (most - head) :]


def _without_value(found: re.Match[str]) -> str:
    """A word is none of its kind: `password: required`, `token = secrets`."""
    value = found["value"]
    mixed = any(sign.isdigit() for sign in value) and any(sign.isalpha() for sign in value)
    return found["name"] + HIDDEN if mixed else found[0]


def _plain(name: str) -> str:
    return re.sub(r"[^\w ./:-]", "_", name)[:120]
