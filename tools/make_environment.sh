#!/bin/sh
# Makes the virtual environment $1 with the first Python that is new enough, or leaves it as it is where it works.
set -eu
if "$1/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi
python=$(sh "$(dirname "$0")/find_python.sh")
if ! "$python" -m venv "$1" >/dev/null; then
    rm -rf "$1"
    echo "The environment could not be made. On Debian and Ubuntu: apt-get install python3-venv. Then run make again." >&2
    exit 1
fi
