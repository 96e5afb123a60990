#!/bin/sh
# Writes the locks anew: sh lock/compile.sh (needs `uv`, only for this).
set -eu
cd "$(dirname "$0")/.."
written() {
    uv pip compile --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --quiet "$@"
}
compile() {
    written pyproject.toml lock/headless.in --override lock/overrides.txt --no-emit-package opencv-contrib-python "$@"
}
everything=$(mktemp)
compile --output-file requirements.lock
compile --extra dev --constraint requirements.lock --output-file "$everything"
grep -vxFf requirements.lock "$everything" >requirements-dev.lock
rm -f "$everything"
written lock/provider.in --output-file tests/provider-requirements.txt
