#!/bin/sh
# Writes requirements/*.txt from the .in files: pins and hashes, no address of a package index. UPGRADE=1 moves the pins.
set -eu
cd "$(dirname -- "$0")/.."
compile() {
    UV_NO_CONFIG=1 .venv/uv/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header --universal \
        --python-version 3.11 --only-binary :all: ${UPGRADE:+--upgrade} "$@"
}
compile --no-binary langdetect requirements/runtime.in -o requirements/runtime.txt
compile --no-binary langdetect -c requirements/runtime.txt requirements/dev.in -o requirements/dev.txt
compile requirements/tools.in -o requirements/tools.txt
compile requirements/build.in -o requirements/build.txt
compile requirements/bootstrap.in -o requirements/bootstrap.txt
