"""The process that holds the local model: llama.cpp's own server, in the wheel `xllamacpp`, on a loopback
port.

Started as `python -I -m codex32_server.gateway.local.child`. Its orders come as one line of JSON on standard
input (so no key is seen in a list of processes); what it says is one line on standard output: its address,
or what is wrong. It ends when standard input does: it cannot outlive whoever started it.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from typing import Any

_MIB = 1024 * 1024
_NICE = 5
"""A model computes for seconds on end; whoever waits for a page must not."""


def main() -> None:
    """Serve until standard input ends."""
    orders: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    try:
        limit = orders["memory_mib"] * _MIB
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.nice(_NICE)
        server = _serve(orders)
        _say(address=server.listening_address)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must be told
        _say(error=f"{type(error).__name__}: {error}"[:500])
        os._exit(1)
    sys.stdin.buffer.read()
    # Without unwinding: the library's threads would be waited for.
    os._exit(0)


def _serve(orders: dict[str, Any]) -> Any:
    """Returns when it listens. The module has no types, and is there only with the extra."""
    llama: Any = importlib.import_module("xllamacpp")
    params = llama.CommonParams()
    params.model.path = orders["weights"]
    params.model_alias = _like(params.model_alias, orders["name"])
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [orders["key"]]
    params.n_ctx = orders["context"] * orders["slots"]
    params.n_parallel = orders["slots"]
    params.n_gpu_layers = 0
    # Threads that wait for each other in a loop are slower together than one, on a machine that does other
    # work.
    params.cpuparams.n_threads = orders["threads"]
    params.cpuparams_batch.n_threads = orders["threads"]
    params.n_threads_http = 4
    params.cache_ram_mib = 0
    params.embedding = True
    params.pooling_type = llama.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    params.warmup = False
    params.ui = False
    params.endpoint_slots = False
    params.endpoint_props = False
    params.offline = True
    return llama.Server(params)


def _like(kind: Any, name: str) -> Any:
    """Versions of the library differ in whether a model has one name or several."""
    return name if isinstance(kind, str) else type(kind)([name])


def _say(**said: str) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
