#!/bin/sh
# Compiles requirements/*.txt from pyproject.toml: full hashes, no address of any index, valid for every Python from
# 3.11 on. The largest set is resolved first and the smaller ones are held to it, so that what is tested is what runs.
# Usage: tools/compile_pins.sh [--upgrade]      UV names the uv to use.
set -eu
cd "$(dirname "$0")/.."
compile() {
    "${UV:-uv}" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-header --no-emit-index-url --no-emit-find-links pyproject.toml "$@"
}
compile "$@" --extra dev --extra e2e -o requirements/e2e.txt
compile "$@" --extra dev -c requirements/e2e.txt -o requirements/dev.txt
compile "$@" -c requirements/dev.txt -o requirements/runtime.txt
compile "$@" --extra postgres --extra redis -c requirements/runtime.txt -o requirements/production.txt
if grep -nE '(https?|file):|^-|@ ' requirements/*.txt; then
    echo "An address got into the pins." >&2
    exit 1
fi
