"""What to do next, for people at a command line, where the API says it in requests. Nothing is shown here."""

from __future__ import annotations

from codex32_sdk.errors import ApiError

_BY_CODE = {
    "bot_archived": "Bring it back with: codex32 bots restore BOT",
    "bot_exists": "Choose another name, or add a version with: codex32 deploy",
    "bot_not_found": "codex32 bots lists them.",
    "environment_not_found": "codex32 bots show BOT lists its environments; codex32 promote makes one.",
    "key_not_found": "codex32 keys lists them.",
    "link_not_valid": "Make a new one with: codex32 open",
    "secret_not_found": "codex32 secrets lists them.",
    "too_many_secrets": "Delete those that nothing uses with: codex32 secrets delete NAME",
    "unauthenticated": "Set CODEX32_API_KEY to a key that is valid.",
    "upload_not_found": "Give the file again with --file NAME=PATH.",
    "version_not_found": "codex32 versions BOT lists them; name one by id, number or digest.",
}


def next_step_of(error: ApiError) -> str:
    """The same advice in commands; the server's own words where there is no command for it."""
    return _BY_CODE.get(error.code, error.next_step)
