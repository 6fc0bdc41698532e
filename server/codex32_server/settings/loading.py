"""From the environment to `Settings`: an option wins over a variable or its file; unknown names stop."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from codex32_server.kit.errors import Codex32Error
from codex32_server.settings.model import PREFIX, Declared, Settings, Source, declared

CLI_VARIABLES = frozenset(
    {"CODEX32_URL", "CODEX32_API_KEY", "CODEX32_PROFILE", "CODEX32_LLM_URL", "CODEX32_LLM_KEY"}
)
"""Read by the command line and by bots on a laptop, not by the server."""
_FILE = "_FILE"


class SettingsError(Codex32Error):
    """A setting that stops the start. The detail is one sentence that names the variable."""

    code = "settings_invalid"
    status = 500
    title = "The settings are not valid"
    next_step = "Correct the named variable; `codex32 config` explains each."

    def __init__(self, detail: str, *, variable: str) -> None:
        super().__init__(detail)
        self.variable = variable


def load(environ: Mapping[str, str], options: Mapping[str, object] | None = None) -> Settings:
    """Read every setting from `environ`. An empty variable counts as not set.

    `options` come from the command line: variable name → value, None if it was not given; they win. Raises
    SettingsError for an unknown CODEX32_ variable, a bad value, an unreadable file, or a value given twice.
    """
    if any(option is not None for option in (options or {}).values()):
        load(environ)  # an option that wins does not make a bad variable a good one
    known = declared()
    _refuse_unknown(environ, known)
    values: dict[str, dict[str, object]] = {}
    sources: dict[str, Source] = {}
    for entry in known:
        found = _find(entry, environ, options or {})
        if found is not None:
            value, sources[entry.variable.name] = found
            values.setdefault(entry.group, {})[entry.field] = value
    try:
        return Settings.model_validate(values).with_sources(sources)
    except ValidationError as error:
        raise _bad_value(error, known, values) from None


def _find(
    entry: Declared, environ: Mapping[str, str], options: Mapping[str, object]
) -> tuple[object, Source] | None:
    name, secret, alias = entry.variable
    option = options.get(name)
    if option is not None:
        return option, "option"
    direct = environ.get(name, "")
    path = environ.get(name + _FILE, "") if secret else ""
    if direct and path:
        raise SettingsError(f"{name} and {name}{_FILE} are both set; set one of them.", variable=name)
    if direct:
        return direct, "environment"
    if path:
        return _content(name + _FILE, Path(path)), "file"
    other = environ.get(alias, "") if alias else ""
    return (other, "environment") if other else None


def _content(variable: str, path: Path) -> str:
    try:
        text = path.read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not text"
        raise SettingsError(
            f"{variable} names {path}, which cannot be read: {reason}.", variable=variable
        ) from error
    if not text:
        raise SettingsError(f"{variable} names {path}, which is empty.", variable=variable)
    return text


def _refuse_unknown(environ: Mapping[str, str], known: list[Declared]) -> None:
    names = {entry.variable.name for entry in known} | CLI_VARIABLES
    names |= {entry.variable.name + _FILE for entry in known if entry.variable.secret}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in names:
            # The prefix is the same for all and would make anything look alike.
            words = sorted(one.removeprefix(PREFIX) for one in names)
            near = difflib.get_close_matches(name.removeprefix(PREFIX), words, n=1)
            hint = f"did you mean {PREFIX}{near[0]}?" if near else "`codex32 config` lists those that are."
            raise SettingsError(f"{name} is not a setting; {hint}", variable=name)


def _bad_value(
    error: ValidationError, known: list[Declared], values: Mapping[str, Mapping[str, object]]
) -> SettingsError:
    problem = error.errors(include_url=False, include_context=False)[0]
    message = problem["msg"].removeprefix("Value error, ")
    group, *rest = (str(part) for part in problem["loc"])
    if not rest:
        # A rule between settings of one group; its message names the variable itself.
        return SettingsError(f"{message}.", variable=message.split(" ", 1)[0])
    entry = next(entry for entry in known if (entry.group, entry.field) == (group, rest[0]))
    given = "" if entry.variable.secret else f" is {str(values[group][entry.field])!r}, which"
    sentence = message[0].lower() + message[1:]
    separator = "" if entry.variable.secret else " is refused"
    return SettingsError(
        f"{entry.variable.name}{given}{separator}: {sentence}.", variable=entry.variable.name
    )
