#!/usr/bin/env bash
# Puts a current Neovim and mini.test from Debian testing into a folder of their own,
# beside the system and without touching it, for the tests in tests/editors.
#
# Usage: scripts/install_neovim.sh [--force]
# Into:  $STARLIGHT_EDITORS/nvim (default ~/.cache/starlight-editors/nvim)
# Needs: Debian or a system with Debian's apt sources; root, only when patchelf or tmux is absent.
set -euo pipefail

prefix=$(realpath -m "${STARLIGHT_EDITORS:-$HOME/.cache/starlight-editors}")/nvim
suite=testing
apt_state=$prefix/.apt

fail() {
  echo "install_neovim.sh: $*" >&2
  exit 1
}

installed() {
  [ -f "$prefix/usr/share/neovim-mini.test/lua/mini/test.lua" ] &&
    "$prefix/usr/bin/nvim" --version 2>/dev/null
}

install_tools() {
  local missing=()
  for tool in patchelf tmux; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ ${#missing[@]} -eq 0 ] && return
  [ "$(id -u)" -eq 0 ] || fail "please install ${missing[*]} first (as root: apt-get install ${missing[*]})"
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# The machine's own mirror and keys, with another suite: the first entry of its apt sources.
write_sources() {
  if [ -f /etc/apt/sources.list.d/debian.sources ]; then
    awk -v suite="$suite" '
      NF == 0 { exit }
      /^#/ { next }
      /^Suites:/ { print "Suites: " suite; next }
      /^Components:/ { print "Components: main"; next }
      { print }' /etc/apt/sources.list.d/debian.sources >"$apt_state/suite.sources"
    echo "$apt_state/suite.sources"
  elif grep -q '^deb ' /etc/apt/sources.list 2>/dev/null; then
    sed -nE "s/^(deb( \[[^]]*\])? [^ ]+) .*/\1 $suite main/p" /etc/apt/sources.list |
      head -1 >"$apt_state/suite.list"
    echo "$apt_state/suite.list"
  else
    fail "found no apt sources in /etc/apt; this script works on Debian"
  fi
}

# apt with a state of its own, where nothing is installed: so the C library comes along,
# and what the machine has installed or pinned plays no part.
download() {
  local sources=$1
  shift
  local options=(
    -q
    -o Dir::Etc::sourcelist="$sources"
    -o Dir::Etc::sourceparts="$apt_state/none"
    -o Dir::Etc::preferencesparts="$apt_state/none"
    -o Dir::Etc::preferences="$apt_state/none/preferences"
    -o Dir::State="$apt_state"
    -o Dir::State::Lists="$apt_state/lists"
    -o Dir::State::status="$apt_state/status"
    -o Dir::Cache="$apt_state/cache"
    -o APT::Install-Recommends=false
    -o APT::Sandbox::User=root
    -o APT::Keep-Downloaded-Packages=true
    -o APT::Update::Error-Mode=any
    -o DPkg::Post-Invoke::=
  )
  apt-get "${options[@]}" update >"$apt_state/update.log" 2>&1 ||
    fail "apt-get update failed, see $apt_state/update.log"
  apt-get "${options[@]}" install -y --download-only "$@" >"$apt_state/download.log" 2>&1 ||
    fail "the download failed, see $apt_state/download.log"
}

# Neovim starts itself again (its terminal interface, mini.test's children), so it has to run
# without a wrapper: it is told where its own loader and libraries are.
bind_to_own_libraries() {
  local nvim=$prefix/usr/bin/nvim loader libraries
  loader=$(basename "$(patchelf --print-interpreter "$nvim")")
  loader=$(find "$prefix" -name "$loader" -exec readlink -f {} \; -quit)
  [ -n "$loader" ] || fail "found no dynamic loader below $prefix"
  libraries=$(dirname "$loader")
  patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$nvim"
}

if [ "${1:-}" != "--force" ] && version=$(installed); then
  echo "${version%%$'\n'*} is already in $prefix"
  exit
fi

install_tools
rm -rf "$prefix"
mkdir -p "$apt_state"/{lists/partial,cache/archives/partial,none}
: >"$apt_state/status"
sources=$(write_sources)
download "$sources" neovim neovim-mini.test
for package in "$apt_state"/cache/archives/*.deb; do
  dpkg-deb -x "$package" "$prefix"
done
bind_to_own_libraries
rm -rf "$apt_state" "$prefix"/usr/share/{doc,man,lintian} "$prefix"/usr/lib/*/gconv

version=$(installed) || fail "Neovim does not run; try: $prefix/usr/bin/nvim --version"
echo "${version%%$'\n'*} is in $prefix"
