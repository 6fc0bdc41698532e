"""Azure OpenAI: OpenAI's formats, another header for the key, deployments instead of models.

Option `api_version`: a dated version of the older paths, which name the deployment in the path; without it
the paths below /openai/v1 are used, which take it as the model.
"""

from __future__ import annotations

from urllib.parse import quote

from codex32_server.gateway.contract import Format, Target
from codex32_server.gateway.providers.bearer import PATHS
from codex32_server.gateway.providers.dialect import Way, with_extras


class Azure:
    """Dialect of NAME.openai.azure.com."""

    def spoken(self, asked: Format, target: Target) -> Format | None:
        if asked is Format.MESSAGES or (asked is Format.RESPONSES and target.options.get("api_version")):
            return Format.CHAT
        return asked

    def way(self, spoken: Format, target: Target, *, stream: bool) -> Way:  # noqa: ARG002 - part of the port
        dated = target.options.get("api_version")
        if not dated:
            return self._signed(f"/openai/v1{PATHS[spoken]}", target)
        deployment, version = quote(target.model, safe=""), quote(str(dated), safe="")
        return self._signed(f"/openai/deployments/{deployment}{PATHS[spoken]}?api-version={version}", target)

    def listing(self, target: Target) -> Way:
        dated = target.options.get("api_version")
        where = f"/openai/models?api-version={quote(str(dated), safe='')}" if dated else "/openai/v1/models"
        return self._signed(where, target)

    def _signed(self, path: str, target: Target) -> Way:
        headers = {"content-type": "application/json", "accept-encoding": "identity"}
        if target.secret:
            headers["api-key"] = target.secret
        return Way(path, with_extras(headers, target))
