"""The tests that travel with the parts, run here on the parts themselves."""

from __future__ import annotations

from codex32_server.features.builder.recipes.parts.proofs_asking import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_columns import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_databases import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_files import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_remembering import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_reshaping import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_rows import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_shapes import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_sources import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_tables import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_telling import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_web import *  # noqa: F403


def test_every_part_has_a_proof() -> None:
    from codex32_server.features.builder.recipes.cutter import library

    known = library()
    proven = {name for proof in known.proofs.values() for name in proof.mentions}
    functions = {name for name, definition in known.definitions.items() if definition.is_function}
    assert functions - proven == INDIRECT


INDIRECT = {
    "ask_server", "check_rest", "check_site", "feed_row", "find_name", "flat_row", "github_headers",
    "is_like", "is_list_of_rows", "issue_row", "name_of", "note_failure", "note_success", "numbers_in",
    "pause", "plain_name", "plain_tag", "read_answer", "singular_name", "web_opener", "worth_asking_again",
}  # fmt: skip
"""Reached by the proofs of those who call them."""
