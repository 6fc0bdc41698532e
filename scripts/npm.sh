#!/usr/bin/env bash
# npm in web/, where there is Node 20 or newer. Without it the remedy is named.
set -euo pipefail
cd "$(dirname "$0")/../web" 2>/dev/null || exit 0
[ -f package.json ] || exit 0

major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/' || true)
if [ -z "$major" ] || [ "$major" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "codex32: the web page needs Node 20 or newer${major:+ (found $major)}." >&2
    echo "Next: install it from your system's packages or https://nodejs.org, then run make again." >&2
    exit 1
fi
exec npm --silent "$@"
