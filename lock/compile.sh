#!/bin/sh
# Writes both locks anew: sh lock/compile.sh (needs `uv`, only for this).
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile pyproject.toml lock/headless.in --universal --python-version 3.11 --override lock/overrides.txt \
        --no-header --no-annotate --no-emit-index-url --no-emit-package opencv-contrib-python --quiet "$@"
}
everything=$(mktemp)
compile --output-file requirements.lock
compile --extra dev --constraint requirements.lock --output-file "$everything"
grep -vxFf requirements.lock "$everything" >requirements-dev.lock
rm -f "$everything"
