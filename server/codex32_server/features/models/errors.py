"""What can go wrong with providers, aliases and models. No error holds a key."""

from __future__ import annotations

from codex32_server.kit.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError


class ProviderNotFoundError(NotFoundError):
    """No such provider in this workspace."""

    code = "provider_not_found"
    next_step = "List them with `codex32 llm providers`."


class ProviderExistsError(ConflictError):
    """The name is taken in this workspace."""

    code = "provider_exists"
    title = "There is a provider of this name already"
    next_step = "Choose another name, or change the one there is with `codex32 llm providers set`."


class ProviderInvalidError(InvalidInputError):
    """What was given does not make a provider."""

    code = "provider_invalid"
    title = "The provider is not valid"
    next_step = "Correct the named field; the presets are in the description of the operation."


class AliasNotFoundError(NotFoundError):
    """The workspace set no such alias."""

    code = "alias_not_found"
    next_step = "List them with `codex32 llm aliases`."


class ModelInvalidError(InvalidInputError):
    """What was said about a model makes no sense."""

    code = "model_invalid"
    title = "The model's settings are not valid"
    next_step = "Correct the named field and send it again."


class ModelNotSetError(NotFoundError):
    """Nothing was overridden for this model."""

    code = "model_not_set"
    next_step = "List the models with `codex32 llm models`."


class TooManyOfThemError(ConflictError):
    """A workspace has as many providers, aliases or models of its own as it may have."""

    code = "too_many_models"
    title = "There are as many as there may be"
    next_step = "Delete some that nothing uses any more."


class CatalogueNotValidError(InvalidInputError):
    """A file of published prices that is not taken over; the prices are what they were."""

    code = "catalogue_not_valid"
    title = "The prices are not taken over"
    next_step = "Take the file as genai-prices publishes it; the prices that were there go on being used."


class CatalogueDoubtfulError(ConflictError):
    """A file of published prices in which so many rates moved so far that it is probably wrong."""

    code = "catalogue_doubtful"
    title = "The prices are probably wrong"
    next_step = "Look at the changes with `dry_run`; if they are meant, take them over with `force`."


class CatalogueNotFetchedError(UnavailableError):
    """The newest prices could not be had; the prices are what they were."""

    code = "catalogue_not_fetched"
    title = "The newest prices could not be fetched"
    next_step = "Try again later, or take the file over with `codex32 llm models refresh --file FILE`."
