#!/usr/bin/env bash
# Compiles requirements/*.in. The index it asks is the machine's affair; its address is not written down.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url "$@"
}
compile requirements/dev.in -o requirements/dev.txt
compile requirements/runtime.in -c requirements/dev.txt -o requirements/runtime.txt
compile requirements/local-model.in --no-deps -o requirements/local-model.txt
