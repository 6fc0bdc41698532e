"""The tests that travel with the parts, run here on the parts themselves."""

from __future__ import annotations

from codex32_server.features.builder.recipes.parts.proofs_columns import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_files import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_remembering import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_reshaping import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_rows import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_shapes import *  # noqa: F403
from codex32_server.features.builder.recipes.parts.proofs_tables import *  # noqa: F403


def test_every_part_has_a_proof() -> None:
    from codex32_server.features.builder.recipes.cutter import library

    known = library()
    proven = {name for proof in known.proofs.values() for name in proof.mentions}
    functions = {name for name, definition in known.definitions.items() if definition.is_function}
    indirect = {"plain_name", "singular_name", "numbers_in"}
    assert functions - proven == indirect
