#!/usr/bin/env bash
# Install llama-cpp-python for the tests: scripts/build_llama.sh [PYTHON]
# The index has no wheel of it, so llama.cpp is compiled, without what Starlight does not use and without much
# optimization: this is for small models of random weights, and no build to measure with.  The wheel is kept below
# ${XDG_CACHE_HOME:-~/.cache}/starlight-ci, by version and flags; where that may not be written, it is built each time.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${1:-.venv/bin/python}
version=$(sed -n 's/.*"llama-cpp-python==\([0-9.]*\)".*/\1/p' pyproject.toml)
# LLAVA: images.  NATIVE: a wheel in the cache may be used on another processor.  LLAMAFILE, REPACK: faster kernels.
flags="-DLLAVA_BUILD=OFF -DGGML_NATIVE=OFF -DGGML_LLAMAFILE=OFF -DGGML_CPU_REPACK=OFF -DLLAMA_ALL_WARNINGS=OFF"
flags+=" -DCMAKE_C_FLAGS_RELEASE='-O1 -DNDEBUG' -DCMAKE_CXX_FLAGS_RELEASE='-O1 -DNDEBUG'"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The bindings force llama.cpp's common library, which no binding calls: a third of the time.  This is read after that.
echo 'set(LLAMA_BUILD_COMMON OFF)' > "$work/llama.cmake"

key=$(echo "$version $flags $(uname -sm) $("${CXX:-c++}" --version 2>/dev/null | head -n 1)" | sha256sum | cut -c 1-16)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/starlight-ci/llama-$key"
mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || cache="$work/wheel"

pip=("$python" -m pip --disable-pip-version-check)

install() {
  "${pip[@]}" install --quiet --force-reinstall --no-deps "$1" &&
    "${pip[@]}" install --quiet "$1" && "$python" -c "import llama_cpp"
}

for wheel in "$cache"/*.whl; do
  if [ -e "$wheel" ] && install "$wheel"; then
    echo "llama-cpp-python $version from $wheel"
    exit 0
  fi
done

echo "building llama-cpp-python $version"
started=$SECONDS
CMAKE_ARGS="$flags -DCMAKE_PROJECT_llama.cpp_INCLUDE=$work/llama.cmake" \
  CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)} \
  "${pip[@]}" wheel --quiet --no-deps --no-cache-dir --no-binary llama-cpp-python --wheel-dir "$work/new" \
  "llama-cpp-python==$version"
mkdir -p "$cache"
mv "$work"/new/*.whl "$cache"/
install "$cache"/*.whl
echo "built in $((SECONDS - started)) s"
