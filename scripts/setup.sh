#!/usr/bin/env bash
# Fills .venv: the locked requirements, then our packages as editable installs. Says what is missing and how to get it.
set -euo pipefail
cd "$(dirname "$0")/.."

stop() {
    echo "codex32: $1" >&2
    echo "Next: $2" >&2
    exit 1
}

suits() {
    command -v "$1" >/dev/null &&
        "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
    local name
    for name in python3.11 python3.12 python3.13 python3; do
        if suits "$name"; then
            echo "$name"
            return
        fi
    done
}

if [ -n "${PYTHON:-}" ]; then
    suits "$PYTHON" || stop "PYTHON=$PYTHON is not a Python 3.11 to 3.13 that starts." \
        "Name another one, or unset PYTHON to have one looked for."
    python=$PYTHON
else
    python=$(find_python)
fi
[ -n "$python" ] || stop "Python 3.11 to 3.13 is needed and was not found." \
    "Install it (Debian and Ubuntu: apt-get install python3.11 python3.11-venv), or set PYTHON=/path/to/python."

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    echo "Making .venv with $python …" >&2
    "$python" -c 'import ensurepip, venv' 2>/dev/null || stop "$python cannot make virtual environments." \
        "Install its venv package (Debian and Ubuntu: apt-get install $(basename "$python")-venv)."
    "$python" -m venv .venv
fi

echo "Installing requirements …" >&2
# The lock is complete, so nothing is resolved: an older pip looks up `name[extra]` anew and finds what came out later.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
    --editable packages/codex32-bot --editable packages/codex32-sdk --editable server
mkdir -p .venv/.stamps
