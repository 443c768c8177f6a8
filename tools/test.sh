#!/bin/sh
# Every check and every test: test.sh. Only the checks that read the code: test.sh check.
# A check that fails stops none of the others; the exit code remembers it.
# Each tool runs as `python -m`: the scripts in .venv/bin name a folder that may have been moved.
set -u
cd "$(dirname -- "$0")/.." || exit 2
unset PYTHONDONTWRITEBYTECODE
python=.venv/bin/python
failed=
step() { # NAME COMMAND...
    name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || failed="$failed, $name"
}

step 'ruff check' $python -m ruff check .
step 'ruff format' $python -m ruff format --check .
step 'mypy' $python -m mypy
step 'import rules' $python -c 'from importlinter.cli import lint_imports_command as main; main()'
step 'Dockerfile' .venv/bin/hadolint Dockerfile
[ "${1:-}" = check ] || step 'hubbot check' $python -m bot check
[ -z "$failed" ] || printf '\nFAILED: %s\n' "${failed#, }"
if [ "${1:-}" != check ]; then
    # Last, so that its closing line is the last one. Two processes: most of the time is the disk's, and CI has two cores.
    # Whichever is done first takes over from the other: some tests start hundreds of processes, and stand side by side.
    step 'pytest' $python -m pytest -n auto --maxprocesses 2 --dist worksteal -q
fi
[ -z "$failed" ]
