#!/usr/bin/env bash
# Installs what the web page is built with and builds it, then touches the stamp $1. Without Node the server runs all
# the same, without a page, and there is no stamp: once Node is there, the next make builds the page.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f web/package.json ] || exit 0
scripts/npm.sh --version >/dev/null || exit 0

if [ ! -f web/node_modules/.package-lock.json ] || [ web/package-lock.json -nt web/node_modules/.package-lock.json ]; then
    echo "Installing the web page's packages …" >&2
    # Not `ci`: it wants the optional packages of every other platform in the lock, and mirrors may lack them.
    # Versions and hashes are those of the lock all the same, and nothing is written to it.
    scripts/npm.sh install --no-save --no-audit --no-fund
fi
echo "Building the web page …" >&2
scripts/npm.sh run build >&2
[ -z "${1:-}" ] || touch "$1"
