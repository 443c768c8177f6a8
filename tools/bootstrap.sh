#!/bin/sh
# Makes .venv from the pinned, hashed requirements: bootstrap.sh runtime|dev|tools. Safe to run again and to interrupt.
# It talks on stderr alone and reads nothing: `make chat <story >transcript` holds the conversation only.
set -eu
wanted=${1:?runtime, dev or tools}
python=${PYTHON:-python3}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cd "$root"
venv=.venv
say() { printf '%s\n' "$*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    say "hubbot needs Python 3.11 or newer; '$python' is not. Try: make PYTHON=python3.12 chat"; exit 2; }

# A copied or moved folder, another Python, or a half-made environment: make it anew.
made="$("$python" -c 'import sys; print(sys.executable, "%d.%d.%d" % sys.version_info[:3])') $root"
if [ "$(cat "$venv/.made" 2>/dev/null)" != "$made" ] || ! "$venv/bin/python" -c '' 2>/dev/null ||
    ! "$venv/uv/bin/uv" --version >/dev/null 2>&1; then
    say "Making the environment (once, about a minute) ..."
    rm -rf "$venv"
    "$python" -m venv --without-pip "$venv" || { say "Cannot write $root/$venv."; exit 2; }
    # uv lives beside the environment and not in it: `uv pip sync` removes what is not asked for, itself included.
    "$python" -m venv "$venv/uv" >/dev/null || {
        rm -rf "$venv"; say "Python's venv module is incomplete. On Debian and Ubuntu: apt install python3-venv"; exit 2; }
    PIP_USER=0 "$venv/uv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
        --only-binary :all: -r requirements/bootstrap.txt
    printf '%s\n' "$made" >"$venv/.made"
fi

# uv keeps its downloads in the person's cache; without one that can be written it works without.
cache=
[ -n "${UV_CACHE_DIR:-}" ] || {
    folder=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}
    { mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ]; } || cache=--no-cache
}
pip() { # SUBCOMMAND INTERPRETER ARGUMENT...
    command=$1 into=$2
    shift 2
    UV_NO_CONFIG=1 UV_LINK_MODE=${UV_LINK_MODE:-copy} "$venv/uv/bin/uv" $cache pip "$command" --quiet --python "$into" "$@"
}

if [ "$wanted" = tools ]; then
    [ -x "$venv/tools/bin/python" ] || "$python" -m venv --without-pip "$venv/tools"
    pip sync "$venv/tools/bin/python" --require-hashes --only-binary :all: requirements/tools.txt
    touch "$venv/.tools"
    exit
fi

# Sync removes: who has the development set keeps it. It holds the runtime set, pin for pin.
[ "$wanted" = runtime ] && [ -e "$venv/.dev" ] && wanted=dev
pip sync "$venv/bin/python" --require-hashes --build-constraints requirements/build.txt --only-binary :all: \
    --no-binary langdetect --compile-bytecode "requirements/$wanted.txt"
# compat: a plain path file, and no import hook at every start.
pip install "$venv/bin/python" --no-deps --build-constraints requirements/build.txt \
    --config-settings editable_mode=compat --editable .
"$venv/bin/python" -m locales.unpacked
printf '%s\n' "$root" >"$venv/.root"
touch "$venv/.runtime" "$venv/.$wanted"
