"""Where a bot finds things inside, the same behind every backend: agreed by driver, backends and guest."""

from __future__ import annotations

SOURCE = "/bot"
INPUT = "/input"
OUTPUT = "/output"
DEPENDENCIES = "/deps"
