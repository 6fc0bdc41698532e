"""What a provider must be before it is stored. A key goes where it was given for and nowhere else."""

from __future__ import annotations

from typing import Any

from codex32_server.features.models.errors import ModelInvalidError, ProviderInvalidError
from codex32_server.features.models.models import Provider
from codex32_server.features.models.schemas import NewProvider, ProviderChange
from codex32_server.gateway import pricing
from codex32_server.gateway.providers.presets import PRESETS, Preset
from codex32_server.gateway.providers.transport.url import BadUrlError, parse_base_url
from codex32_server.kit.errors import FieldProblem

_SELF = Preset("", "compatible", None, needs_key=False)


def secret_name(provider: str) -> str:
    """Where the key of a provider is kept."""
    return f"LLM_{provider.upper().replace('-', '_')}"


def values_of(new: NewProvider) -> dict[str, Any]:
    """The row of a new provider without workspace and secret. Raises ProviderInvalidError."""
    preset = _preset(new)
    name = new.name or new.preset
    if name is None:
        raise invalid("name", "a provider without a preset needs a name")
    base_url = new.base_url or preset.base_url
    if base_url is None:
        raise invalid("base_url", f"{preset.title or 'a provider without a preset'} needs the address")
    check_url(base_url)
    if preset.needs_key and new.key is None and new.secret is None:
        raise invalid("key", f"{preset.title} needs a key")
    if new.secret is not None and (
        new.key is not None or new.base_url is not None or preset.base_url is None
    ):
        raise invalid(
            "secret",
            "a secret that exists already is only sent to a preset's own address; give the key itself",
        )
    return {
        "name": name,
        "kind": new.kind or preset.kind,
        "preset": new.preset,
        "base_url": base_url,
        "headers": new.headers,
        "options": {**preset.options, **new.options},
        "catalogue": preset.catalogue,
        "free": preset.free if new.free is None else new.free,
        "requests_per_minute": new.requests_per_minute,
        "concurrency": new.concurrency,
        "enabled": new.enabled,
    }


def changes_of(present: Provider, change: ProviderChange) -> dict[str, Any]:
    """The columns that change. Raises ProviderInvalidError."""
    values = change.model_dump(exclude_unset=True, exclude={"key"})
    for name in ("base_url", "headers", "options", "free", "enabled"):
        if name in values and values[name] is None:
            raise invalid(name, "it cannot be null")
    if "base_url" in values and values["base_url"] != present.base_url:
        check_url(values["base_url"])
        moved = parse_base_url(values["base_url"]).origin != parse_base_url(present.base_url).origin
        if moved and present.secret is not None and change.key is None:
            raise invalid(
                "key", "the key is only sent where it was given for; give it again with the address"
            )
        values["models"] = None
    return values


def check_url(text: str) -> None:
    """Raises ProviderInvalidError."""
    try:
        parse_base_url(text)
    except BadUrlError as error:
        raise invalid("base_url", str(error)) from None


def check_prices(document: dict[str, Any]) -> None:
    """Raises ModelInvalidError."""
    try:
        pricing.parse_rules(document)
        if not {"input", "output"} <= document.keys():
            raise pricing.PriceNotValidError("input and output are required")
    except pricing.PriceNotValidError as error:
        raise ModelInvalidError(
            f"The prices are not valid: {error}.", fields=[FieldProblem("prices", str(error))]
        ) from None


def invalid(field: str, detail: str) -> ProviderInvalidError:
    """The error that names one field."""
    return ProviderInvalidError(f"{field}: {detail}.", fields=[FieldProblem(field, detail)])


def _preset(new: NewProvider) -> Preset:
    if new.preset is None:
        return _SELF
    found = PRESETS.get(new.preset)
    if found is None:
        raise invalid("preset", f"there is no preset {new.preset!r}; there are {', '.join(PRESETS)}")
    return found
