#!/usr/bin/env bash
# Checks, tests and packs the VS Code extension, with the server's package in it: editors/vscode/starlight.vsix.
# Uses the Node on PATH if it is new enough, else the one that install_vscode.sh installs.
set -euo pipefail

REPOSITORY=$(cd "$(dirname "$0")/.." && pwd)
EDITORS=${STARLIGHT_EDITORS:-$HOME/.cache/starlight-editors}
OLDEST_NODE=22

new_enough() {
  local version; version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "$OLDEST_NODE" ]
}

if ! new_enough node; then
  new_enough "$EDITORS/node24/bin/node" || {
    echo "build_vscode.sh: Node $OLDEST_NODE or newer is needed. Run scripts/install_vscode.sh, which installs one." >&2
    exit 1
  }
  export PATH=$EDITORS/node24/bin:$PATH
fi

cd "$REPOSITORY/editors/vscode"
cp "$REPOSITORY/LICENSE" LICENSE
rm -rf server
"${PYTHON:-python3}" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir server "$REPOSITORY"
npm ci
npm run --silent check
npm test --silent
npm run --silent package
