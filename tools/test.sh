#!/bin/sh
# Every check and every test: test.sh. Only the checks that read the code: test.sh check.
# Each tool runs as `python -m`: the scripts in .venv/bin name a folder that may have been moved.
set -eu
cd "$(dirname -- "$0")/.."
unset PYTHONDONTWRITEBYTECODE
python=.venv/bin/python
step() { printf '\n== %s\n' "$1"; shift; "$@"; }

step 'ruff check' $python -m ruff check .
step 'ruff format' $python -m ruff format --check .
step 'mypy' $python -m mypy
step 'import rules' $python -c 'from importlinter.cli import lint_imports_command as main; main()'
step 'Dockerfile' .venv/bin/hadolint Dockerfile
[ "${1:-}" != check ] || exit 0
# Not the settings of whoever runs it: a .env beside the code must not decide a test.
step 'hubbot check' $python -m bot check
# Last, so that its closing line is the last one. Two processes: the database tests wait for the disk, not for each other.
step 'pytest' $python -m pytest -n auto --maxprocesses 2 -q
