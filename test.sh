#!/usr/bin/env bash
# Installs what the tests need and runs all of them: ./test.sh [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")"
export PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1

if [ ! -x .venv/bin/python ]; then
  python=
  for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      python=$name
      break
    fi
  done
  if [ -z "$python" ]; then
    echo "error: Python 3.11, 3.12 or 3.13 with venv was not found" >&2
    exit 1
  fi
  "$python" -m venv .venv
fi
if ! cat requirements*.txt | cmp -s - .venv/installed-dev.txt; then
  echo "Installing what the tests need ..."
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
  cp requirements.txt .venv/installed.txt
  cat requirements*.txt > .venv/installed-dev.txt
fi

has_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }
if ! has_browser && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing chromium ..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null || true
fi
if ! has_browser; then
  echo "Chromium is not installed and cannot be from here: the tests in tests/browser are left out." >&2
  [ "${CI:-}" = true ] && exit 1
fi

has_node() { command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; }
if ! has_node && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing nodejs and npm ..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nodejs npm >/dev/null || true
fi
if ! has_node; then
  echo "node 20 or newer with npm is not installed and cannot be from here: tests/sillytavern is left out." >&2
  [ "${CI:-}" = true ] && exit 1
fi

.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
.venv/bin/python -m pytest --cov --cov-report=term:skip-covered "$@"
