#!/usr/bin/env bash
# Set-up and start in one command: ./start.sh [flags of server.py]
set -euo pipefail
cd "$(dirname "$0")"

find_python() {
  for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  echo "error: Python 3.11, 3.12 or 3.13 with venv was not found" >&2
  echo "hint: install it (Debian: apt install python3 python3-venv), or set PYTHON=/path/to/python" >&2
  return 1
}

if [ ! -x .venv/bin/python ]; then
  python=$(find_python)  # on a line of its own, so that its failure ends this script
  echo "Making .venv ..."
  "$python" -m venv .venv
fi
if ! cmp -s requirements.txt .venv/installed.txt; then
  echo "Installing (once, about a minute) ..."
  quiet=$([ -t 1 ] || echo --quiet)  # a person sees the progress bars
  .venv/bin/python -m pip install $quiet --no-compile --disable-pip-version-check -r requirements.txt
  cp requirements.txt .venv/installed.txt
fi
exec .venv/bin/python server.py "$@"
