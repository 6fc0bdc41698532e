#!/usr/bin/env bash
# Everything that must hold besides the tests. All checks run, and the failed ones are named at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=()

step() {
    local name=$1 began=$SECONDS
    shift
    if output=$("$@" 2>&1); then
        printf '  ok    %-22s %3ds\n' "$name" $((SECONDS - began))
    else
        printf '  FAIL  %-22s %3ds\n%s\n' "$name" $((SECONDS - began)) "$output"
        failed+=("$name")
    fi
}

step "ruff" .venv/bin/ruff check .
step "format" .venv/bin/ruff format --check .
step "import rules" .venv/bin/lint-imports
step "types" web/node_modules/.bin/pyright
step "migrations" .venv/bin/python scripts/drift.py
step "generated files" .venv/bin/python scripts/gen.py --check
step "links in documents" .venv/bin/python scripts/links.py
step "duplicates" .venv/bin/python scripts/duplicates.py
step "web style" scripts/npm.sh run lint
step "web types" scripts/npm.sh run types

if [ ${#failed[@]} -gt 0 ]; then
    echo "Failed: ${failed[*]}"
    exit 1
fi
echo "All checks passed."
