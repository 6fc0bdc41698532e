#!/usr/bin/env bash
# Every test: the browser's, the others with coverage, the web's. With arguments for pytest: those of the middle part alone.
set -uo pipefail
cd "$(dirname "$0")/.."
workers=$1
shift
python=.venv/bin/python
chosen=(-n "$workers" -m "not browser and not live")

if (($#)); then
    exec "$python" -m pytest "${chosen[@]}" "$@"
fi

failed=0
# The browser's driver keeps an event loop of its own, so its tests have processes of their own, each an installation.
"$python" -m pytest -n 2 --dist loadfile -m browser || failed=1
# SlipCover, because a tracer that tells greenlets apart (SQLAlchemy runs in them) takes a third of the time of all tests.
"$python" -m slipcover --json --out .coverage.json -m pytest "${chosen[@]}" || failed=1
"$python" -m slipcover --merge .coverage.json --xml --out coverage.xml --skip-covered --fail-under 85 || failed=1
scripts/npm.sh run test || failed=1
exit $failed
