#!/usr/bin/env bash
# Run tests on the oldest and the newest Python that Starlight supports, where they are at hand: those of every part, and
# of each command of the server and of the terminal.  What waits for real time or real editors runs on one Python only.
set -euo pipefail
cd "$(dirname "$0")/.."

# Print a python of the version $1: from the path, or from pyenv, whose shims need to be told which.
find_python() {
  local candidate root
  root=$(pyenv root 2>/dev/null || true)
  for candidate in "$(command -v "python$1" || true)" "$root/versions/$1".*/bin/python; do
    if [ -n "$candidate" ] && "$candidate" -c "import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
      "$candidate" -c "import sys; print(sys.executable)"
      return
    fi
  done
  return 1
}

for version in ${*:-3.10 3.13}; do
  if ! python=$(find_python "$version"); then
    echo "Python $version is not here: NOT TESTED"
    continue
  fi
  echo "Python $version: $python"
  make --no-print-directory VENV=".venv-$version" PYTHON="$python" ".venv-$version/.dev"
  ".venv-$version/bin/python" -m pytest -q -n 4 tests/notes tests/index tests/models \
    tests/engine tests/lsp tests/cli/test_commands.py tests/cli/test_ask.py tests/cli/test_chat.py tests/cli/test_model.py \
    tests/e2e/test_search.py tests/e2e/test_status.py tests/e2e/test_hover.py tests/e2e/test_ask.py tests/e2e/test_writing.py
done
