#!/usr/bin/env bash
# A Chromium for the tests that need one. Not fatal: those tests are skipped where there is none.
set -uo pipefail
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests …" >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; } \
        >/dev/null 2>&1 && exit 0
fi
echo "codex32: there is no Chromium; browser tests are skipped." >&2
echo "Next: install it (Debian: apt-get install chromium) to run them." >&2
exit 0
