"""Codex-32 from Python: `Client` and `AsyncClient` speak the API; `codex32_sdk.cli` is the command `codex32`.

```python
from codex32_sdk.client import Client
with Client.from_profile() as client:
    run = client.submit_run("price-watch", {"sku": "A1"}, wait=30)
```

Nothing of the server is imported here; the server adds its own commands through the entry point group
`codex32.commands`.
"""
