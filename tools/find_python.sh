#!/bin/sh
# Prints the first Python that is new enough (3.11), or says what to install. PYTHON=/path/to/python names one.
set -eu

for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        command -v "$name"
        exit 0
    fi
done
echo "Runlore needs Python 3.11 or newer, and none was found." >&2
echo "Debian and Ubuntu: apt-get install python3 python3-venv. macOS: brew install python. Or name one: make PYTHON=/path/to/python" >&2
exit 1
