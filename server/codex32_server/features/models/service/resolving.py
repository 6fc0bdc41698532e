"""From a name that a client says to the models that are tried. Pure: what there is comes as arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codex32_server.features.models.repository.routing import Stored
from codex32_server.gateway import catalog
from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import ModelNotAllowedError, ModelUnknownError
from codex32_server.gateway.providers.presets import DIALECTS, LOCAL


@dataclass(frozen=True, slots=True)
class Choice:
    """A model of a provider that there is."""

    provider: Stored
    model: str

    @property
    def name(self) -> str:
        return f"{self.provider.name}/{self.model}"


def resolve(
    asked: str, providers: Sequence[Stored], targets: Sequence[Mapping[str, str]] | None
) -> list[Choice]:
    """What `asked` stands for, in the order in which it is tried.

    An alias that was set wins, then `provider/model`, then the built-in aliases, then a bare name that a
    provider is known to have, then one that nobody can know. `targets` are those of the alias.
    Raises ModelUnknownError.
    """
    by_name = {provider.name: provider for provider in providers}
    if targets is not None:
        found = [
            Choice(by_name[one["provider"]], one["model"]) for one in targets if one["provider"] in by_name
        ]
        if not found:
            raise ModelUnknownError(
                f"None of the providers of the alias {asked!r} is there and switched on.",
                next_step=f"Set it again with `codex32 llm aliases set {asked} PROVIDER/MODEL`.",
            )
        return found
    before, slash, rest = asked.partition("/")
    if slash and rest and before in by_name:
        if by_name[before].kind == LOCAL and not knows(by_name[before], rest):
            raise ModelUnknownError(f"This machine has no model {rest[:100]!r}.")
        return [Choice(by_name[before], rest)]
    found = built_in(asked, providers) or list(_bare(asked, providers))
    if not found:
        raise ModelUnknownError(_unknown(asked, providers), next_step=_what_to_do(providers))
    return found


def built_in(alias: str, providers: Sequence[Stored]) -> list[Choice]:
    """The default of each provider for a built-in alias; none if there is none."""
    if alias not in catalog.BUILT_IN:
        return []
    chosen = ((one, catalog.DEFAULTS.get(one.catalogue or "", {}).get(alias)) for one in providers)
    found = [Choice(provider, model) for provider, model in chosen if model]
    if alias == "embed":
        # Vectors of two models cannot be compared: the one of this machine only where there is no other.
        return found or [Choice(one, name) for one in providers for name in _only_embeds(one)][:1]
    # A server of one's own has what it has: the first that it listed.
    return found or [Choice(one, one.models[0]) for one in providers if _speaks(one) and one.models][:1]


def knows(provider: Stored, model: str) -> bool:
    """Whether a provider is known to have a model: it was set, listed, or is in the catalogue."""
    if model in provider.said or model in (provider.models or ()):
        return True
    return catalog.find(provider.catalogue, model) is not None


def spoken_by(choices: Sequence[Choice], wanted: Format) -> list[Choice]:
    """Those whose provider can be asked in this format at all. Raises ModelUnknownError if none can."""
    if wanted is not Format.EMBEDDINGS:
        return list(choices)
    able = [one for one in choices if one.provider.kind != "anthropic"]
    if not able:
        raise ModelUnknownError(
            f"The provider of {choices[0].name} has no embeddings.",
            next_step="Ask a provider that has: openai, google, mistral, or a server of your own.",
        )
    return able


def allowed(asked: str, choices: Sequence[Choice], patterns: Sequence[str] | None) -> list[Choice]:
    """Those that a key allows: all if it allows the name that was asked for. Raises ModelNotAllowedError."""
    if patterns is None or any(_fits(asked, pattern) for pattern in patterns):
        return list(choices)
    found = [one for one in choices if any(_fits(one.name, pattern) for pattern in patterns)]
    if not found:
        raise ModelNotAllowedError(f"The key does not allow {asked!r}.")
    return found


def may_ask(name: str, patterns: Sequence[str] | None) -> bool:
    """Whether a key allows a name as it stands."""
    return patterns is None or any(_fits(name, pattern) for pattern in patterns)


def _only_embeds(provider: Stored) -> list[str]:
    """The models of this machine that make embeddings and nothing else."""
    if provider.kind != LOCAL:
        return []
    return [name for name in provider.models or () if provider.said[name]["abilities"] == ["embeddings"]]


def _speaks(provider: Stored) -> bool:
    """Whether it has more than embeddings, as far as anybody knows."""
    return provider.models is None or len(_only_embeds(provider)) < len(provider.models)


def _bare(asked: str, providers: Sequence[Stored]) -> Iterator[Choice]:
    known = [one for one in providers if knows(one, asked)]
    # Whoever was never asked what it has, and is in no catalogue, may have it.
    yield from (Choice(one, asked) for one in known or providers if known or _open(one))


def _open(provider: Stored) -> bool:
    return provider.models is None and provider.catalogue is None and provider.kind in DIALECTS


def _fits(name: str, pattern: str) -> bool:
    """`*` at an end matches any rest."""
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _unknown(asked: str, providers: Sequence[Stored]) -> str:
    speaking = [one.name for one in providers if _speaks(one)]
    if not speaking:
        return f"There is no model {asked[:100]!r}, because the workspace has no provider yet."
    return f"{asked[:100]!r} is neither an alias nor a model of {', '.join(speaking)}."


def _what_to_do(providers: Sequence[Stored]) -> str | None:
    if any(_speaks(one) for one in providers):
        return None
    return "Add one with `codex32 llm providers add openai --key-file FILE`."
