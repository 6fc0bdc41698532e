"""Parts of `runtime.environments`: uv and what it said, what may be installed, the cache."""
