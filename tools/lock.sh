#!/bin/sh
# Writes requirements-dev.lock anew: every package of the extra "dev" and of the build, for all platforms, with hashes and without hosts.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$(sh tools/find_python.sh)" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --disable-pip-version-check install --quiet uv
printf 'hatchling>=1.27,<2\neditables>=0.5,<1\n' >"$folder/build.in"
"$folder/venv/bin/uv" pip compile pyproject.toml "$folder/build.in" --extra dev --universal --python-version 3.11 --quiet \
    --generate-hashes --no-header --no-annotate --no-emit-index-url --output-file requirements-dev.lock
