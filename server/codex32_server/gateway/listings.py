"""Lists of models as the clients of OpenAI and of Anthropic read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from codex32_server.gateway.contract import Listed


class _OpenAi:
    def all(self, found: Sequence[Listed]) -> bytes:
        return orjson.dumps({"object": "list", "data": [self._line(one) for one in found]})

    def one(self, listed: Listed) -> bytes:
        return orjson.dumps(self._line(listed))

    @staticmethod
    def _line(listed: Listed) -> dict[str, Any]:
        return {
            "id": listed.name,
            "object": "model",
            "created": listed.created,
            "owned_by": listed.provider,
            "context_window": listed.context_tokens,
            "max_output_tokens": listed.most_output_tokens,
        }


class _Anthropic:
    def all(self, found: Sequence[Listed]) -> bytes:
        """One page: nobody has so many."""
        return orjson.dumps(
            {
                "data": [self._line(one) for one in found],
                "has_more": False,
                "first_id": found[0].name if found else None,
                "last_id": found[-1].name if found else None,
            }
        )

    def one(self, listed: Listed) -> bytes:
        return orjson.dumps(self._line(listed))

    @staticmethod
    def _line(listed: Listed) -> dict[str, Any]:
        made = datetime.fromtimestamp(listed.created, UTC)
        return {
            "type": "model",
            "id": listed.name,
            "display_name": listed.name,
            "created_at": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "max_input_tokens": listed.context_tokens,
            "max_tokens": listed.most_output_tokens,
        }


openai = _OpenAi()
anthropic = _Anthropic()
