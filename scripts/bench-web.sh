#!/usr/bin/env bash
# Measures the web page: what it weighs, what Lighthouse says, how fast it answers with 10,000 bots and 1,000,000 runs.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/browser.sh
command -v chromium >/dev/null || { echo "codex32: there is no Chromium. Next: install it (Debian: apt-get install chromium)." >&2; exit 1; }
if [ ! -f benchmarks/web_tools/node_modules/.package-lock.json ] ||
    [ benchmarks/web_tools/package-lock.json -nt benchmarks/web_tools/node_modules/.package-lock.json ]; then
    echo "Installing Lighthouse …" >&2
    npm --silent --prefix benchmarks/web_tools install --no-save --no-audit --no-fund
fi
exec .venv/bin/python benchmarks/p20_web.py "$@"
